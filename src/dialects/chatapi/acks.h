#pragma once

#include "api/services.h"
#include "base/task.h"
#include "http/request.h"
#include "http/response.h"

namespace parlance::chatapi {

/// POST /acks: {"success": true}. A lower seq than before changes nothing.
Task<Result<http::Response>> acknowledge(api::Services& services, http::Request& request);

}  // namespace parlance::chatapi
