#pragma once

#include "base/task.h"
#include "dialects/anytype/gateway.h"
#include "http/request.h"
#include "http/response.h"

namespace parlance::anytype {

/// GET …/subscribe: the chat as server-sent events. Refusals are plain JSON answers before the stream begins.
/// Deviation: resumes from Last-Event-ID or, where a client cannot send that, from the query's last_event_id.
Task<Result<http::Response>> subscribe(Gateway& gateway, http::Request& request);

}  // namespace parlance::anytype
