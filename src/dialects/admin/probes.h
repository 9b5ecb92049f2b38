#pragma once

#include "api/services.h"
#include "base/task.h"
#include "http/request.h"
#include "http/response.h"

namespace parlance::admin {

/// GET /livez: 200 as long as the process answers at all.
Result<http::Response> get_liveness(http::Request& request);
/// GET /readyz: 200, or 503 while the database cannot be written or the process is stopping.
Task<Result<http::Response>> get_readiness(api::Services& services, http::Request& request);
/// GET /metrics in the Prometheus text format.
Result<http::Response> get_metrics(api::Services& services);

}  // namespace parlance::admin
