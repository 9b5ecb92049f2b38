#pragma once

#include "api/services.h"
#include "base/task.h"
#include "http/request.h"
#include "http/response.h"

namespace parlance::anytype {

/// GET …/messages: {messages, state}, ascending. after_order_id and before_order_id are exclusive, the first wins;
/// neither: the newest. An offset is ignored, as the original does.
Task<Result<http::Response>> list_messages(api::Services& services, http::Request& request);
/// GET …/messages/{message_id}: {message}.
Task<Result<http::Response>> get_message(api::Services& services, http::Request& request);
/// POST …/messages: 201 {message}. Deviation: takes marks, which the original can show but not receive.
Task<Result<http::Response>> send_message(api::Services& services, http::Request& request);
/// PATCH …/messages/{message_id}: {message}; its author only. Attachments and style stay unless given; marks go unless
/// given, since their offsets are of the old text.
Task<Result<http::Response>> edit_message(api::Services& services, http::Request& request);
/// DELETE …/messages/{message_id}: 204; its author only.
Task<Result<http::Response>> delete_message(api::Services& services, http::Request& request);

}  // namespace parlance::anytype
