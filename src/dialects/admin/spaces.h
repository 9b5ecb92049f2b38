#pragma once

#include "api/services.h"
#include "base/task.h"
#include "http/request.h"
#include "http/response.h"

namespace parlance::admin {

/// POST /admin/spaces: 201, with the members named; without a role they are editors.
Task<Result<http::Response>> create_space(api::Services& services, http::Request& request);
/// PUT /admin/spaces/{space}/members/{user_id}: adds a user, created where it is new, or changes its role.
Task<Result<http::Response>> put_space_member(api::Services& services, http::Request& request);
/// DELETE /admin/spaces/{space}/members/{user_id}
Task<Result<http::Response>> remove_space_member(api::Services& services, http::Request& request);

}  // namespace parlance::admin
