#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/ids.h"
#include "base/result.h"
#include "model/conversation.h"
#include "storage/transaction.h"

namespace parlance::search {

struct ThreadKey {
  TenantId tenant;
  ConversationId conversation;

  friend auto operator<=>(ThreadKey const&, ThreadKey const&) = default;
};

/// What the log says of a conversation beside its messages.
struct ThreadSource {
  ThreadKey key;
  model::ConversationKind kind = model::ConversationKind::thread;
  model::Access access = model::Access::members;
  bool is_removed = false;  ///< archived, deleted or hidden: in no list
  bool is_secret = false;   ///< of a channel: absent for those who are not in it
  bool has_messages = false;
  bool is_resolved = false;
  SpaceId space;
  SpaceId provider_space;
  UserId author;
  Timestamp created_at = 0;
  Timestamp active_at = 0;  ///< the later of its last message and its last change
  std::string subject;      ///< or its name
  std::string summary;
  std::vector<std::string> tags;
  std::vector<std::int64_t> channels;  ///< that it lies in; a channel lies in itself
  std::vector<std::int64_t> users;     ///< who takes part
};

/// Who takes part in direct messages and groups is told by their members, elsewhere by who has written.
inline bool is_among_people(model::ConversationKind kind) {
  return kind == model::ConversationKind::dm || kind == model::ConversationKind::group;
}

/// Of many writers these are told.
inline constexpr std::size_t kMaxThreadUsers = 500;

/// In the order of `keys`, without those that the log does not have.
Result<std::vector<ThreadSource>> read_thread_sources(storage::Transaction& log, std::vector<ThreadKey> const& keys);

/// Conversations that have changed beside their messages, each once.
struct ThreadChanges {
  std::vector<ThreadKey> threads;
  std::vector<std::int64_t> ids;  ///< all that was read
  std::int64_t end = 0;           ///< the last of these; as asked for where there is none
};

/// The rows of thread_changes above `after`, at most `limit`.
Result<ThreadChanges> read_thread_changes(storage::Transaction& log, std::int64_t after, std::int64_t limit);

/// The id of the newest row of thread_changes; 0 where there is none.
Result<std::int64_t> newest_thread_change(storage::Transaction& log);

}  // namespace parlance::search
