#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "model/event.h"
#include "storage/transaction.h"

namespace parlance::core {

/// Appends an event to its conversation's log and announces it: takes the next offset, sets event.offset, epoch and
/// created_at, and makes sure that side effects will be derived from it where its kind has any (see dispatch.h). The
/// conversation must exist (internal otherwise).
Result<void> record_event(storage::Transaction& tx, model::LiveEvent live);

/// The same where the caller has moved the conversation's counters itself: event.offset and epoch are set already.
Result<void> append_event(storage::Transaction& tx, model::LiveEvent live);

/// Queues the job that derives side effects: for whoever has just moved dispatch_from away from NULL.
Result<void> wake_dispatch(storage::Transaction& tx, TenantId tenant, ConversationId id);

/// Announces something that is not part of any log (the kinds from 100 on).
void announce(storage::Transaction& tx, TenantId tenant, model::EventKind kind, UserId subject = {});

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
