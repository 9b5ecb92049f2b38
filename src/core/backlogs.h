#pragma once

#include <cstdint>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "storage/transaction.h"

namespace parlance::core {

/// How far a member has been seen to receive one conversation.
struct Backlog {
  ConversationId conversation;
  std::int64_t received_seq = 0;   ///< acknowledged, or there before the member joined
  std::int64_t last_seq = 0;       ///< of the conversation; equal to received_seq where nothing is missing
  std::int64_t last_offset = 0;    ///< of the conversation
  std::int64_t visible_after = 0;  ///< messages up to this one are hidden from the member (history since_join)
};

/// Of every conversation that `user` is in by a row (streams excluded), those with missing messages and those without,
/// by id. Without a look at permissions: a member sees what it is in.
Result<std::vector<Backlog>> list_backlogs(storage::Transaction& tx, TenantId tenant, UserId user);

}  // namespace parlance::core
