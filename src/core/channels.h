#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "core/caller.h"
#include "core/permissions.h"
#include "model/conversation.h"
#include "model/user.h"
#include "storage/transaction.h"

/// Channels of a tenant: named conversations that people join, and that threads lie in. Those who run them need a rank
/// in the tenant, not in the channel.
namespace parlance::core {

/// Who may see what lies in a channel.
enum class ChannelMode {
  members,  ///< everybody knows of it, members read it
  anyone,   ///< everybody reads it, without a credential too
  hidden,   ///< only members know of it
};

ChannelMode channel_mode(model::Conversation const& channel);

/// True of hidden channels, and of those of spaces: to others they are absent.
bool is_known_to_members_only(model::Conversation const& channel);

struct NewChannel {
  std::string name;  ///< 1..255 bytes
  std::string description;
  ChannelMode mode = ChannelMode::members;
  bool auto_join = false;  ///< users that are new from now on join by themselves
  std::string xid;
};

/// Needs the rank of a moderator. The caller joins as its admin.
Result<model::Conversation> create_channel(storage::Transaction& tx, Caller const& caller, NewChannel const& input);

/// The channel, where the caller may know of it: not_found where it is absent, deleted, no channel, or hidden from the
/// caller.
Result<Encounter> find_channel(storage::Transaction& tx, Caller const& caller, ConversationId id);

struct ChannelChange {
  std::optional<std::string> name;
  std::optional<std::string> description;
  std::optional<ChannelMode> mode;  ///< needs the rank of an admin
  std::optional<bool> auto_join;    ///< the same
};

/// Needs the rank of a moderator. Threads that lie only in hidden channels are hidden with them. Where others see the
/// channel's threads from now on, sight_changed is announced.
Result<model::Conversation> update_channel(storage::Transaction& tx, Caller const& caller, ConversationId id,
                                           ChannelChange const& change);

/// Needs the rank of a moderator. conflict while threads lie in it.
Result<model::Conversation> delete_channel(storage::Transaction& tx, Caller const& caller, ConversationId id);

/// The caller becomes a member of a channel that it knows of: not_found for a hidden one, forbidden for a guest where
/// members only may read. Joining twice changes nothing.
Result<model::Conversation> join_channel(storage::Transaction& tx, Caller const& caller, ConversationId id);

/// The caller is a member no more. Nothing happens where it was none.
Result<model::Conversation> leave_channel(storage::Transaction& tx, Caller const& caller, ConversationId id);

/// A channel as it is listed.
struct ChannelView {
  model::Conversation channel;
  std::vector<UserId> members;  ///< by id; the first kMaxListedMembers
  std::int64_t thread_count = 0;
};
inline constexpr std::int64_t kMaxListedMembers = 1000;

Result<ChannelView> view_channel(storage::Transaction& tx, model::Conversation channel);

/// All that the caller may know of, by id.
Result<std::vector<ChannelView>> list_channels(storage::Transaction& tx, Caller const& caller);

/// Puts a user that was just made into the channels that new users join.
Result<void> join_auto_channels(storage::Transaction& tx, model::User const& user);

}  // namespace parlance::core
