#pragma once

#include "base/task.h"
#include "dialects/structchat/gateway.h"
#include "http/request.h"
#include "http/response.h"

namespace parlance::structchat {

/// POST /v1/reactions {chat_id, name, set | delete: true}: {ok}, whether it was there or not.
Task<Result<http::Response>> write_reaction(Gateway& gateway, http::Request& request);

}  // namespace parlance::structchat
