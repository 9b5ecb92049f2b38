#pragma once

#include "api/services.h"
#include "base/task.h"
#include "http/request.h"
#include "http/response.h"

namespace parlance::chatapi {

/// POST /rooms: 201 the room; 409 with the room beside the error where a dm of the two is there already.
Task<Result<http::Response>> create_room(api::Services& services, http::Request& request);
/// GET /rooms: the caller's own, newest activity first.
Task<Result<http::Response>> list_rooms(api::Services& services, http::Request& request);
/// GET /rooms/{room_id}
Task<Result<http::Response>> get_room(api::Services& services, http::Request& request);
/// PATCH /rooms/{room_id}: name and metadata; null clears.
Task<Result<http::Response>> update_room(api::Services& services, http::Request& request);

}  // namespace parlance::chatapi
