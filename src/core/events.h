#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "model/event.h"
#include "storage/transaction.h"

namespace parlance::core {

/// The place of a new event, taken from the conversation's counters.
struct LogPosition {
  std::int64_t offset = 0;
  std::int64_t epoch = 0;
};

/// Takes the next offset of a conversation, and wakes its dispatch job. conversation must exist (internal otherwise).
Result<LogPosition> take_offset(storage::Transaction& tx, TenantId tenant, ConversationId id);

/// Writes the event's row and announces it; event.offset and epoch come from take_offset or from send's own counter.
Result<void> append_event(storage::Transaction& tx, model::LiveEvent live);

/// Both in one: take_offset, then append_event.
Result<void> record_event(storage::Transaction& tx, model::LiveEvent live);

struct EventPage {
  std::vector<model::LiveEvent> events;  ///< ascending by offset, with the messages as they are now
  bool reset = false;                    ///< the position is of another epoch, trimmed or ahead: start from a snapshot
  std::int64_t last_offset = 0;          ///< of the conversation at this moment
  std::int64_t epoch = 0;
};

/// Stored events above `after`, at most `limit`. `epoch` 0 = whatever the current one is.
Result<EventPage> read_events(storage::Transaction& tx, TenantId tenant, ConversationId id, std::int64_t epoch,
                              std::int64_t after, std::int64_t limit);

/// Deletes stored events made before `before`, at most `limit` rows; returns how many.
Result<std::int64_t> trim_events(storage::Transaction& tx, Timestamp before, std::int64_t limit);

}  // namespace parlance::core
