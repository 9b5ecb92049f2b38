#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "core/caller.h"
#include "model/notification.h"
#include "storage/transaction.h"

namespace parlance::core {

/// Subscribing twice is the first subscription again.
Result<model::TopicSubscription> subscribe(storage::Transaction& tx, Caller const& caller, std::string_view topic);
Result<std::vector<model::TopicSubscription>> list_subscriptions(storage::Transaction& tx, Caller const& caller);
/// The caller's own only; not_found otherwise.
Result<void> unsubscribe(storage::Transaction& tx, Caller const& caller, std::int64_t id);

}  // namespace parlance::core
