#pragma once

#include "base/task.h"
#include "dialects/conversations/operation.h"
#include "http/response.h"

namespace parlance::conversations {

/// list-messages: a stretch of the log, always ascending, tombstones in their places: the newest, or those before,
/// after or around a message. `nextCursor` goes on in the direction of the request (towards older messages where none
/// is named), `prevCursor` the other way.
Task<Result<http::Response>> list_messages(Dialect& dialect, Call& call);

}  // namespace parlance::conversations
