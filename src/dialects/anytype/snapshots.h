#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "core/caller.h"
#include "dialects/anytype/events.h"
#include "dialects/anytype/viewer.h"
#include "dialects/anytype/wire.h"
#include "model/message.h"
#include "realtime/stream.h"
#include "storage/transaction.h"

namespace parlance::anytype {

/// What a stream begins with, all of it read in one transaction.
struct Snapshot {
  Start start = Start::fresh;
  realtime::StreamPosition position;  ///< what comes after it follows
  Viewer viewer;
  std::vector<model::Message> messages;
  std::vector<MessageFlags> flags;
};

/// The newest `limit` messages. `start` is fresh or reset.
Result<Snapshot> read_snapshot(storage::Transaction& tx, core::Caller const& caller, ChatPath path, std::int64_t limit,
                               Start start);

/// The state alone where the log can be followed from `last_id`, which a client sends back as it was told it; where it
/// cannot, or is no position at all, the newest messages as a reset.
Result<Snapshot> read_resumption(storage::Transaction& tx, core::Caller const& caller, ChatPath path,
                                 std::int64_t limit, std::string const& last_id);

/// How a chat stands to the user now.
struct Standpoint {
  bool may_see = false;
  Viewer viewer;                    ///< where it may
  bool has_unread_mention = false;  ///< in the message that was asked about
};

/// With the user's rank in the tenant as it is now. `seq` is of a message whose mention is in question; 0 = none.
Result<Standpoint> read_standpoint(storage::Transaction& tx, core::Caller caller, ChatPath path, std::int64_t seq);

}  // namespace parlance::anytype
