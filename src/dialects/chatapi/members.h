#pragma once

#include "api/services.h"
#include "base/task.h"
#include "http/request.h"
#include "http/response.h"

namespace parlance::chatapi {

/// GET /rooms/{room_id}/members: a bare array, by time of joining.
Task<Result<http::Response>> list_members(api::Services& services, http::Request& request);
/// POST /rooms/{room_id}/members: 201 the member. Who is in already gets the role, where one is named.
Task<Result<http::Response>> add_member(api::Services& services, http::Request& request);

}  // namespace parlance::chatapi
