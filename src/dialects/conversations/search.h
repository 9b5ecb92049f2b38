#pragma once

#include "base/task.h"
#include "dialects/conversations/operation.h"
#include "http/response.h"

namespace parlance::conversations {

/// search-messages: in one conversation, or in all of the caller's; newest first. Its pages only go forward.
Task<Result<http::Response>> search_messages(Dialect& dialect, Call& call);

}  // namespace parlance::conversations
