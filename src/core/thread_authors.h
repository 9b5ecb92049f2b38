#pragma once

#include "base/result.h"
#include "model/message.h"
#include "storage/transaction.h"

namespace parlance::core {

/// Notes that the message's sender has written in its thread. For whoever appends a message to a conversation of kind
/// thread.
Result<void> note_thread_author(storage::Transaction& tx, model::Message const& message);

}  // namespace parlance::core
