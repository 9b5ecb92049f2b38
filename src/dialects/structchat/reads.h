#pragma once

#include "base/task.h"
#include "dialects/structchat/gateway.h"
#include "http/request.h"
#include "http/response.h"

namespace parlance::structchat {

/// PUT /v1/read {thread_id, chat_id}: {ok}. Everything up to the chat is read; it never becomes unread again.
Task<Result<http::Response>> mark_read(Gateway& gateway, http::Request& request);

}  // namespace parlance::structchat
