#pragma once

#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "storage/transaction.h"

/// What one process of several may do at a time.
namespace parlance::core {

/// True where `holder` has the lease of that name until `until`: it had it, or nobody else's is still good.
Result<bool> take_lease(storage::Transaction& tx, std::string_view name, std::string_view holder, Timestamp until);

/// Gives it back, where it is the holder's.
Result<void> return_lease(storage::Transaction& tx, std::string_view name, std::string_view holder);

}  // namespace parlance::core
