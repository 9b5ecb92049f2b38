#pragma once

#include "base/task.h"
#include "dialects/structchat/gateway.h"
#include "http/request.h"
#include "http/response.h"

namespace parlance::structchat {

/// POST /v1/threads {text, xsr_ids, subject?, images?}: {chat_id, ok, thread_id}. The caller must be allowed to write
/// in each channel.
Task<Result<http::Response>> create_thread(Gateway& gateway, http::Request& request);
/// GET /v1/threads/{thread_id}: {thread, chats, similar, ok}; the newest kOpenedChats chats, ascending. `3…` is a
/// channel's own log. Without a credential where a channel is open to anyone.
Task<Result<http::Response>> get_thread(Gateway& gateway, http::Request& request);
/// PUT /v1/threads {id | ids, bits: {deleted?, hidden?, resolved?}, xsr_ids?}: {ok}; all or none. For admins.
Task<Result<http::Response>> change_threads(Gateway& gateway, http::Request& request);

inline constexpr std::int64_t kOpenedChats = 100;

}  // namespace parlance::structchat
