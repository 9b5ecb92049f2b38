#pragma once

#include "api/services.h"
#include "base/task.h"
#include "http/request.h"
#include "http/response.h"

namespace parlance::anytype {

/// POST …/read: 204. Marks messages, or the mentions in them, within [after_order_id, before_order_id], both inclusive;
/// only those that were there at last_state_id, where that is given. Deviation: message_ids in place of the range.
Task<Result<http::Response>> mark_read(api::Services& services, http::Request& request);
/// POST …/read_all: 204. Marks everything that is there, messages and mentions. Ours; the original's later versions
/// have it too.
Task<Result<http::Response>> mark_all_read(api::Services& services, http::Request& request);

}  // namespace parlance::anytype
