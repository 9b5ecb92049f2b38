#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "core/caller.h"
#include "core/permissions.h"
#include "model/conversation.h"
#include "model/member.h"
#include "storage/transaction.h"

namespace parlance::core {

struct NewConversation {
  model::ConversationKind kind = model::ConversationKind::group;
  model::Access access = model::Access::members;
  model::HistoryMode history_mode = model::HistoryMode::full;
  bool hidden = false;
  SpaceId space;  ///< none = the tenant's default space
  std::optional<std::string> name;
  std::string subject;
  std::string description;
  std::string icon;
  std::optional<std::string> metadata;
  std::string unique_key;  ///< set by create_conversation for a dm
  std::string relation_type;
  std::int64_t relation_id = 0;
  SpaceId provider_space;
  std::string xid;
  std::int64_t bits = 0;
  std::vector<UserId> members;  ///< the caller is added as admin, except to a dm, where it must be one of the two
  std::vector<ConversationId> parents;  ///< for a thread
};

struct CreatedConversation {
  model::Conversation conversation;
  bool existed = false;  ///< a dm between the two was there already; nothing has changed
};

/// Creates and announces it. A dm needs exactly two distinct members (invalid_argument on "members").
Result<CreatedConversation> create_conversation(storage::Transaction& tx, Caller const& caller,
                                                NewConversation const& input);

/// The unique key of the dm between two users, by their external ids in any order.
std::string dm_key(std::string_view first, std::string_view second);

/// Of a new conversation: positive, so that 0 can mean "whichever it is".
std::int64_t random_epoch();

/// Raw read by id, without a look at permissions: for verbs that have checked already, and for jobs.
Result<std::optional<model::Conversation>> find_conversation(storage::Transaction& tx, TenantId tenant,
                                                             ConversationId id);

/// Those of which the caller is a member by a row (streams excluded), newest activity first. `limit` at most 1000.
Result<std::vector<model::Conversation>> list_joined(storage::Transaction& tx, Caller const& caller, std::int64_t limit,
                                                     std::int64_t offset);

struct ConversationChange {
  std::optional<std::string> name;  ///< empty clears it
  std::optional<std::string> subject;
  std::optional<std::string> description;
  std::optional<std::string> icon;
  std::optional<std::optional<std::string>> metadata;
};
/// Needs Action::manage.
Result<model::Conversation> update_conversation(storage::Transaction& tx, Caller const& caller, ConversationId id,
                                                ConversationChange const& change);

/// Needs Action::manage. Archiving twice is fine.
Result<model::Conversation> archive_conversation(storage::Transaction& tx, Caller const& caller, ConversationId id);

}  // namespace parlance::core
