#pragma once

#include "base/task.h"
#include "dialects/structchat/gateway.h"
#include "http/request.h"
#include "http/response.h"

namespace parlance::structchat {

/// POST /v1/search {q, query_by?, filter_by?, …}: threads as documents, without their chats, in Typesense's shape. The
/// contract lets anybody search; without a credential only what is open to anyone is found. 400 names the parameter
/// that is wrong, and the position in it.
Task<Result<http::Response>> search_threads(Gateway& gateway, http::Request& request);

/// POST /v1/feed/search: the same parameters; {data: [feed threads, each with its newest chats and `highlight`], ok}.
Task<Result<http::Response>> search_feed(Gateway& gateway, http::Request& request);

}  // namespace parlance::structchat
