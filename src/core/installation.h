#pragma once

#include <string>

#include "base/result.h"
#include "storage/transaction.h"

namespace parlance::core {

/// What tells this database from every other, for all who are connected to it: letters and digits. A copy of it,
/// restored elsewhere, is another one. On PostgreSQL; invalid_argument on SQLite, which belongs to one process.
Result<std::string> installation_of(storage::Transaction& tx);

}  // namespace parlance::core
