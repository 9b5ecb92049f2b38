#pragma once

#include "api/services.h"
#include "base/task.h"
#include "http/request.h"
#include "http/response.h"

namespace parlance::admin {

/// POST /admin/dead-letters/{id}/redrive: 202. `id` as GET /admin/dead-letters spells it: notif_…, delivery_… or
/// job_….
Task<Result<http::Response>> redrive(api::Services& services, http::Request& request);

}  // namespace parlance::admin
