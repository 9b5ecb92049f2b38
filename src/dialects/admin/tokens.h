#pragma once

#include "api/services.h"
#include "base/task.h"
#include "http/request.h"
#include "http/response.h"

namespace parlance::admin {

/// POST /admin/tokens: 201 with the token, which is shown only here. The user is created where it is new.
Task<Result<http::Response>> create_token(api::Services& services, http::Request& request);
/// DELETE /admin/tokens/{id}
Task<Result<http::Response>> revoke_token(api::Services& services, http::Request& request);

}  // namespace parlance::admin
