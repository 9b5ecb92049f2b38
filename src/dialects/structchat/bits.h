#pragma once

#include <boost/json/value.hpp>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/json.h"
#include "base/result.h"
#include "core/channels.h"
#include "core/feeds.h"
#include "core/threads.h"
#include "model/conversation.h"
#include "model/tenant.h"
#include "model/user.h"

/// The contract's bits, {"name": true}, and the one place that says what each is here:
///
/// | of a thread  | deleted, hidden, resolved                    | bits of the conversation                          |
/// | of a channel | chan_member, chan_anyone, chan_hidden        | its access and whether it is hidden               |
/// |              | chan_auto_join, deleted                      | bits of the conversation                          |
/// | of a user    | owner, admin, mod, guest; none of them, or   | the role in the tenant                            |
/// |              | no_op, is a member                           |                                                   |
/// | of a feed    | feed_dm, deleted                             | its own row; deleted means gone                   |
/// | of an org    | org_open_join                                | the tenant's settings                             |
namespace parlance::structchat {

/// What a client has sent.
class Bits {
 public:
  /// An object of booleans, a name alone as a string ("no_op"), or nothing. invalid_argument on "bits" for anything
  /// else and for names that are not `known`, which the message then tells.
  static Result<Bits> read(std::optional<boost::json::value> const& json, std::span<std::string_view const> known);

  bool empty() const { return values_.empty(); }
  bool has(std::string_view name) const { return get(name).value_or(false); }
  /// Empty where the client did not say.
  std::optional<bool> get(std::string_view name) const;

 private:
  std::map<std::string, bool, std::less<>> values_;
};

Result<Bits> read_thread_bits(std::optional<boost::json::value> const& json);
Result<Bits> read_channel_bits(std::optional<boost::json::value> const& json);
Result<Bits> read_feed_bits(std::optional<boost::json::value> const& json);
Result<Bits> read_organisation_bits(std::optional<boost::json::value> const& json);
Result<Bits> read_chat_bits(std::optional<boost::json::value> const& json);

/// Exactly one of the three, else invalid_argument.
Result<core::ChannelMode> channel_mode_in(Bits const& bits);

/// The role that is asked for; empty where none is. invalid_argument where several are.
Result<std::optional<model::TenantRole>> role_in(std::optional<boost::json::value> const& json);

void write_thread_bits(JsonWriter& out, model::Conversation const& thread);
void write_channel_bits(JsonWriter& out, model::Conversation const& channel);
void write_role_bits(JsonWriter& out, model::TenantRole role);
void write_feed_bits(JsonWriter& out, bool only_direct);
void write_organisation_bits(JsonWriter& out, model::OrgSettings const& organisation);

}  // namespace parlance::structchat
