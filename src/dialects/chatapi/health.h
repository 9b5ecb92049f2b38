#pragma once

#include "api/services.h"
#include "base/task.h"
#include "http/request.h"
#include "http/response.h"

namespace parlance::chatapi {

/// GET /health: 200 while a small write can be committed, 503 with the same shape while it cannot. Public.
Task<Result<http::Response>> get_health(api::Services& services, http::Request& request);

}  // namespace parlance::chatapi
