#pragma once

#include "api/services.h"
#include "base/task.h"
#include "http/request.h"
#include "http/response.h"

namespace parlance::admin {

/// PUT /admin/users/{user_id}: creates or changes; what is left out stays, a null email clears it.
Task<Result<http::Response>> put_user(api::Services& services, http::Request& request);

}  // namespace parlance::admin
