#pragma once

#include "base/result.h"
#include "model/event.h"
#include "storage/transaction.h"

namespace parlance::core {

/// Puts the event into its log, and does nothing else that an event entails.
Result<void> post_event(storage::Transaction& tx, model::Event const& event);

}  // namespace parlance::core
