#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "search/change.h"
#include "storage/transaction.h"

namespace parlance::search {

/// An event of the whole log, of all tenants together. On SQLite, where one writer numbers them, ids are in the order
/// of commit; PostgreSQL's are not. An id may come back for another event after its tenant was removed, so the mark
/// tells what it was.
struct Position {
  std::int64_t id = 0;  ///< 0 = before the first
  std::string mark;

  friend bool operator==(Position const&, Position const&) = default;
};

/// The newest event, or the position 0 where there is none.
Result<Position> newest_position(storage::Transaction& log);

/// Whether the log still holds the event at `position`; so nothing above it was trimmed. Position 0: whether the log
/// has been trimmed never, as far as can be told.
Result<bool> holds_position(storage::Transaction& log, Position const& position);

/// How long a stretch may be. Whatever comes first; one event or message at least.
struct StretchLimit {
  std::int64_t rows = 0;
  std::size_t text_bytes = 0;
};

/// What a stretch of the log has changed.
struct Stretch {
  std::vector<Change> changes;  ///< each message at most once, as it is now
  Position end;                 ///< of the last event; as asked for where there is none
};

/// The events above `after`.
Result<Stretch> read_events(storage::Transaction& log, Position const& after, StretchLimit limit);

/// Messages without deleted ones, by their ids.
struct MessageStretch {
  std::vector<Change> messages;
  bool is_last = false;  ///< there are no more
};

/// The messages above `after`.
Result<MessageStretch> read_messages(storage::Transaction& log, MessageId after, StretchLimit limit);

}  // namespace parlance::search
