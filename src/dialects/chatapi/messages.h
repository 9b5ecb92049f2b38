#pragma once

#include "api/services.h"
#include "base/task.h"
#include "http/request.h"
#include "http/response.h"

namespace parlance::chatapi {

/// POST /rooms/{room_id}/messages: 201 {message_id, seq, created_at}, once it is durable.
Task<Result<http::Response>> send_message(api::Services& services, http::Request& request);
/// GET /rooms/{room_id}/messages: a bare array, ascending by seq from after_seq on; deleted ones are left out.
Task<Result<http::Response>> list_messages(api::Services& services, http::Request& request);
/// PUT /rooms/{room_id}/messages/{message_id}: 200 the message; its sender only.
Task<Result<http::Response>> edit_message(api::Services& services, http::Request& request);
/// DELETE /rooms/{room_id}/messages/{message_id}: 204; its sender only.
Task<Result<http::Response>> delete_message(api::Services& services, http::Request& request);

}  // namespace parlance::chatapi
