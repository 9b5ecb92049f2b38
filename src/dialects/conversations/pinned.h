#pragma once

#include "base/task.h"
#include "dialects/conversations/operation.h"
#include "http/response.h"

namespace parlance::conversations {

/// list-pinned-messages: the latest pin first.
Task<Result<http::Response>> list_pinned_messages(Dialect& dialect, Call& call);

}  // namespace parlance::conversations
