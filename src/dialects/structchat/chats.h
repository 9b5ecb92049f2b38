#pragma once

#include "base/task.h"
#include "dialects/structchat/gateway.h"
#include "http/request.h"
#include "http/response.h"

namespace parlance::structchat {

/// POST /v1/chats {thread_id, text, images?}: {chat_id, ok}.
Task<Result<http::Response>> create_chat(Gateway& gateway, http::Request& request);
/// PUT /v1/chats {id, thread_id?, text?, images?, bits?}: {ok}. For its author; `bits: {deleted: true}` deletes it,
/// which a moderator may too.
Task<Result<http::Response>> update_chat(Gateway& gateway, http::Request& request);
/// GET /v1/chats/{id}: of a chat {chat, ok}, its reactions with who reacted; of a thread {chats, ok}, `num` of them (1
/// to 1000, default 100) below `before`, newest first.
Task<Result<http::Response>> get_chats(Gateway& gateway, http::Request& request);

}  // namespace parlance::structchat
