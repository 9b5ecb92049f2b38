#pragma once

#include "base/task.h"
#include "dialects/conversations/operation.h"
#include "http/response.h"

namespace parlance::conversations {

/// get-connection-token: opens a realtime connection as the caller.
Task<Result<http::Response>> get_connection_token(Dialect& dialect, Call& call);
/// get-subscribe-token: for the channel of a conversation that the caller sees.
Task<Result<http::Response>> get_subscribe_token(Dialect& dialect, Call& call);

}  // namespace parlance::conversations
