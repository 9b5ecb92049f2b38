#pragma once

#include "api/services.h"
#include "base/task.h"
#include "http/request.h"
#include "http/response.h"

namespace parlance::chatapi {

/// POST /notify: 202 {notification_id, created_at}. The recipients are the union of the targets; without any target,
/// whoever of the tenant is online.
Task<Result<http::Response>> notify(api::Services& services, http::Request& request);

}  // namespace parlance::chatapi
