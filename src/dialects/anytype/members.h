#pragma once

#include "api/services.h"
#include "base/task.h"
#include "http/request.h"
#include "http/response.h"

namespace parlance::anytype {

/// GET /v1/spaces/{space_id}/members: {data, pagination}, by name.
Task<Result<http::Response>> list_members(api::Services& services, http::Request& request);
/// GET /v1/spaces/{space_id}/members/{member_id}: {member}, by participant id or identity.
Task<Result<http::Response>> get_member(api::Services& services, http::Request& request);

}  // namespace parlance::anytype
