#pragma once

#include <boost/describe.hpp>
#include <boost/json/value.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/spelling.h"
#include "base/clock.h"
#include "base/ids.h"
#include "base/json.h"
#include "base/result.h"
#include "core/channels.h"
#include "core/feeds.h"
#include "core/threads.h"
#include "http/describe.h"
#include "http/request.h"
#include "http/response.h"
#include "model/message.h"
#include "model/tenant.h"
#include "model/user.h"

/// How the contract spells things: ids by the letter rule with "0" for none, times as unix seconds, empty lists as
/// null.
namespace parlance::structchat {

using Json = std::optional<boost::json::value>;
using Texts = std::vector<std::string>;

struct NewThread {
  std::string text;
  std::optional<Texts> xsr_ids;
  std::optional<std::string> subject;
  std::optional<Texts> images;
};
BOOST_DESCRIBE_STRUCT(NewThread, (), (text, xsr_ids, subject, images))

struct ThreadsChange {
  std::optional<std::string> id;
  std::optional<Texts> ids;
  Json bits;
  std::optional<Texts> xsr_ids;
};
BOOST_DESCRIBE_STRUCT(ThreadsChange, (), (id, ids, bits, xsr_ids))

struct ReadChange {
  std::string thread_id;
  std::string chat_id;
};
BOOST_DESCRIBE_STRUCT(ReadChange, (), (thread_id, chat_id))

struct NewChat {
  std::string thread_id;
  std::string text;
  std::optional<Texts> images;
};
BOOST_DESCRIBE_STRUCT(NewChat, (), (thread_id, text, images))

struct ChatChange {
  std::string id;
  std::optional<std::string> thread_id;
  std::optional<std::string> text;
  std::optional<Texts> images;
  Json bits;
};
BOOST_DESCRIBE_STRUCT(ChatChange, (), (id, thread_id, text, images, bits))

struct ReactionWrite {
  std::string chat_id;
  std::string name;
  std::optional<bool> set;
  std::optional<bool> delete_;
};
BOOST_DESCRIBE_STRUCT(ReactionWrite, (), (chat_id, name, set, delete_))

struct NewUser {
  std::string name;
  std::string email;
  std::optional<std::string> xid;
  Json bits;
};
BOOST_DESCRIBE_STRUCT(NewUser, (), (name, email, xid, bits))

struct UserUpdate {
  std::string id;
  std::optional<std::string> name;
  std::optional<std::string> email;
  Json bits;
};
BOOST_DESCRIBE_STRUCT(UserUpdate, (), (id, name, email, bits))

struct NewChannel {
  std::string name;
  std::optional<std::string> description;
  Json bits;
};
BOOST_DESCRIBE_STRUCT(NewChannel, (), (name, description, bits))

struct ChannelUpdate {
  std::string id;
  std::optional<std::string> name;
  std::optional<std::string> description;
  Json bits;
};
BOOST_DESCRIBE_STRUCT(ChannelUpdate, (), (id, name, description, bits))

struct ChannelBits {
  std::string id;
  Json bits;
};
BOOST_DESCRIBE_STRUCT(ChannelBits, (), (id, bits))

struct ChannelRef {
  std::string id;
};
BOOST_DESCRIBE_STRUCT(ChannelRef, (), (id))

struct NewOrg {
  std::string name;
  std::optional<std::string> title;
  std::optional<std::string> description;
  std::optional<std::string> hostname;
  Json bits;
};
BOOST_DESCRIBE_STRUCT(NewOrg, (), (name, title, description, hostname, bits))

struct OrgUpdate {
  std::optional<std::string> name;
  std::optional<std::string> title;
  std::optional<std::string> description;
  std::optional<std::string> hostname;
};
BOOST_DESCRIBE_STRUCT(OrgUpdate, (), (name, title, description, hostname))

struct JoinRequest {
  std::string join_secret;
};
BOOST_DESCRIBE_STRUCT(JoinRequest, (), (join_secret))

struct NewFeed {
  std::string name;
  std::optional<Texts> channel_ids;
  std::optional<Texts> user_ids;
  Json bits;
};
BOOST_DESCRIBE_STRUCT(NewFeed, (), (name, channel_ids, user_ids, bits))

struct FeedUpdate {
  std::string id;
  std::optional<std::string> name;
  std::optional<Texts> channel_ids;
  std::optional<Texts> user_ids;
  Json bits;
};
BOOST_DESCRIBE_STRUCT(FeedUpdate, (), (id, name, channel_ids, user_ids, bits))

struct Success {
  bool ok = true;
};
BOOST_DESCRIBE_STRUCT(Success, (), (ok))

/// Ids. A malformed one, one of another type and "0" answer like an absent one: not_found.
std::string spell(MessageId id);
std::string spell(UserId id);
std::string spell(TenantId id);
std::string spell_channel(ConversationId id);
std::string spell_thread(ConversationId id);

Result<MessageId> chat_id_of(std::string_view text);
/// `2…`, and `3…` for a channel's own log.
Result<ConversationId> thread_id_of(std::string_view text);
Result<ConversationId> channel_id_of(std::string_view text);
Result<UserId> user_id_of(std::string_view text);

/// Lists of them; an absent list is an empty one.
Result<std::vector<ConversationId>> channel_ids_of(std::optional<Texts> const& texts);
Result<std::vector<UserId>> user_ids_of(std::optional<Texts> const& texts);

inline std::int64_t seconds_of(Timestamp time) { return time / kSecond; }

/// `null` where there are none.
void write_texts(JsonWriter& out, std::string_view name, Texts const& texts);
void write_users(JsonWriter& out, std::string_view name, std::vector<UserId> const& users);
void write_channels(JsonWriter& out, std::string_view name, std::vector<ConversationId> const& channels);

/// Whether reactions name who reacted.
enum class Reactors { counted, named };
void write_chat(JsonWriter& out, model::Message const& message, Reactors reactors);
void write_user(JsonWriter& out, model::User const& user);
void write_channel(JsonWriter& out, core::ChannelView const& view);

enum class Secrets { hidden, shown };
void write_organisation(JsonWriter& out, model::Tenant const& tenant, core::ThreadCounts const& counts,
                        Secrets secrets);

/// {"data":…,"ok":true}
template <typename Write>
std::string data_reply(Write write) {
  JsonWriter out;
  out.begin_object().key("data");
  write(out);
  return out.field("ok", true).end_object().take();
}

inline constexpr std::string_view kOk = R"({"ok":true})";
/// 200 with that JSON text.
http::Response reply(std::string const& json);

/// Users that a text mentions, as `<@4…>`, each once.
std::vector<UserId> mentions_in(std::string_view text);

/// A subject as a part of an address: "discussions-on-typesense"; empty where it has no ASCII letter or digit.
std::string slug_of(std::string_view subject);

/// Turns `page` (from 1) and `per_page` (1 to 100, default 20) into a stretch of a list. A page too deep is empty.
struct Page {
  std::int64_t limit = 20;
  std::int64_t offset = 0;
};
Result<Page> page_of(http::Request const& request);

}  // namespace parlance::structchat
