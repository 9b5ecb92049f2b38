#pragma once

#include "app/config.h"
#include "base/result.h"

namespace parlance::app {

/// Runs the server until SIGTERM or SIGINT, then lets everything in progress end. Announces itself on standard output:
/// `listening on http://HOST:PORT`. The error is a sentence for the operator: what is wrong and what to do.
Result<void> serve(Config const& config);

}  // namespace parlance::app
