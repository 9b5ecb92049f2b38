#pragma once

#include <cstdint>
#include <functional>

#include "app/config.h"
#include "base/result.h"
#include "storage/database.h"
#include "storage/write_lane.h"

namespace parlance::app {

/// Runs the server until SIGTERM or SIGINT, then lets everything in progress end. Announces itself on standard output:
/// `listening on http://HOST:PORT`. The error is a sentence for the operator: what is wrong and what to do.
Result<void> serve(Config const& config);

/// A server that takes requests.
struct RunningServer {
  std::uint16_t port = 0;
  storage::WriteLanes& lanes;
};

/// Runs the server on a database that is open and migrated for as long as `while_up` does not return, then stops as
/// serve() does. The error is that of starting, or what `while_up` returns. For serve() and for tests.
Result<void> run_server(Config const& config, storage::Database& database,
                        std::function<Result<void>(RunningServer)> const& while_up);

}  // namespace parlance::app
