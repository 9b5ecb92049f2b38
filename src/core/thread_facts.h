#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "core/caller.h"
#include "core/permissions.h"
#include "model/message.h"
#include "storage/transaction.h"

namespace parlance::core {

struct ReactionCount {
  std::string name;
  std::int64_t count = 0;
};

/// What is told of a thread beside its row.
struct ThreadFacts {
  std::vector<ConversationId> channels;  ///< that it lies in, as far as the caller knows of them; by id
  std::vector<UserId> users;             ///< who takes part; by id
  std::int64_t message_count = 0;        ///< without deleted ones; of very long ones with them
  std::vector<ReactionCount> reactions;  ///< to its newest kCountedMessages; most frequent first
  std::vector<std::string> tags;         ///< in their order
};

/// Longer threads are counted by their newest messages only: what a list tells must not cost more than its page.
inline constexpr std::int64_t kCountedMessages = 2000;

using ThreadFactsById = std::unordered_map<ConversationId, ThreadFacts>;

/// Of many threads in a few statements; there is an entry for each.
Result<ThreadFactsById> read_thread_facts(storage::Transaction& tx, Caller const& caller,
                                          std::vector<Encounter> const& threads);

}  // namespace parlance::core
