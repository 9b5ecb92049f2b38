#pragma once

#include "api/services.h"
#include "base/task.h"
#include "http/request.h"
#include "http/response.h"

namespace parlance::anytype {

/// GET /v1/spaces/{space_id}/chats: conversations of the space that the caller may see, whoever made them.
Task<Result<http::Response>> list_chats(api::Services& services, http::Request& request);
/// POST /v1/spaces/{space_id}/chats: 201 {chat}, open to the whole space; its editors only.
Task<Result<http::Response>> create_chat(api::Services& services, http::Request& request);
/// GET /v1/spaces/{space_id}/chats/{chat_id}: {chat}.
Task<Result<http::Response>> get_chat(api::Services& services, http::Request& request);

}  // namespace parlance::anytype
