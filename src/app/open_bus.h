#pragma once

#include <memory>

#include "app/config.h"
#include "base/result.h"
#include "realtime/bus.h"
#include "storage/database.h"
#include "storage/read_pool.h"

namespace parlance::app {

/// The bus that the configuration names, not started. invalid_argument, a sentence for the operator, where it makes no
/// sense; unavailable where the database is.
Result<std::unique_ptr<realtime::Bus>> open_bus(Config const& config, storage::Database const& database,
                                                storage::ReadPool& reads);

}  // namespace parlance::app
