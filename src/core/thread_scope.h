#pragma once

#include "base/result.h"
#include "core/caller.h"
#include "model/thread_scope.h"
#include "storage/transaction.h"

namespace parlance::core {

/// Which threads the caller may read, for an index that cannot ask the database: everything that
/// from_visible_threads() depends on but the threads themselves, as `tx` sees it. It grows with what the caller is in
/// and with the tenant's channels and spaces, not with its threads.
Result<model::ThreadScope> read_thread_scope(storage::Transaction& tx, Caller const& caller);

}  // namespace parlance::core
