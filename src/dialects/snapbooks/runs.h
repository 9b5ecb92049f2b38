#pragma once

#include <string_view>

#include "base/ids.h"
#include "base/task.h"
#include "dialects/snapbooks/routes.h"
#include "http/request.h"

namespace parlance::snapbooks {

/// Returns once nothing in the thread is waiting to run any more, or the dialect's patience has ended. At once where
/// `text`, which has just been posted, asks for nothing.
Task<void> wait_for_runs(Dialect& dialect, http::Request& request, ConversationId thread, std::string_view text);

}  // namespace parlance::snapbooks
