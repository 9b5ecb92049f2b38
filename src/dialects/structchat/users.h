#pragma once

#include "base/task.h"
#include "dialects/structchat/gateway.h"
#include "http/request.h"
#include "http/response.h"

namespace parlance::structchat {

/// GET /v1/users: {data: […], ok}, by id; `after` (an id) and `num` (1 to 10000, default all of these) page through
/// more.
Task<Result<http::Response>> list_users(Gateway& gateway, http::Request& request);
/// GET /v1/users/{user_id}: {data, ok}.
Task<Result<http::Response>> get_user(Gateway& gateway, http::Request& request);
/// POST /v1/users {name, email, xid?, bits?}: {data, ok}. For admins; for every member where the organisation has
/// org_open_join. 409 where the address is somebody's.
Task<Result<http::Response>> create_user(Gateway& gateway, http::Request& request);
/// PUT /v1/users {id, name?, email?, bits?}: {data, ok}. For the user itself and for admins; see check_new_role.
Task<Result<http::Response>> update_user(Gateway& gateway, http::Request& request);

}  // namespace parlance::structchat
