#pragma once

#include "api/services.h"
#include "base/task.h"
#include "http/request.h"
#include "http/response.h"

namespace parlance::anytype {

/// GET /v1/spaces: the caller's spaces, oldest first, {data, pagination}.
Task<Result<http::Response>> list_spaces(api::Services& services, http::Request& request);
/// POST /v1/spaces: 201 {space}; the caller becomes its owner. Its main chat is `chat_id`.
Task<Result<http::Response>> create_space(api::Services& services, http::Request& request);
/// GET /v1/spaces/{space_id}: {space}.
Task<Result<http::Response>> get_space(api::Services& services, http::Request& request);
/// PATCH /v1/spaces/{space_id}: {space}; its admins only.
Task<Result<http::Response>> update_space(api::Services& services, http::Request& request);

}  // namespace parlance::anytype
