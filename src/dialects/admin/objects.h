#pragma once

#include "api/services.h"
#include "base/task.h"
#include "http/request.h"
#include "http/response.h"

/// What the tenant's programs have made, to look at.
namespace parlance::admin {

Task<Result<http::Response>> get_object(api::Services& services, http::Request& request);
Task<Result<http::Response>> list_objects(api::Services& services, http::Request& request);

}  // namespace parlance::admin
