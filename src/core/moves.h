#pragma once

#include <cstdint>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "storage/transaction.h"

/// What has been appended to any log lately, for whoever wants to be sure to have heard of it.
namespace parlance::core {

struct LogMove {
  TenantId tenant;
  ConversationId conversation;
  UserId subject;           ///< whom the events put in or took out; none for all others
  std::int64_t offset = 0;  ///< of the newest such event
};

/// Of the event that was written last; 0 where there is none. Rows of transactions that commit later may be below it.
Result<std::int64_t> newest_event_row(storage::Transaction& tx);

/// What was written in rows above `row`, at most `limit`.
Result<std::vector<LogMove>> list_moves(storage::Transaction& tx, std::int64_t row, std::int64_t limit);

}  // namespace parlance::core
