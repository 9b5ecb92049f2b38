#pragma once

#include "base/task.h"
#include "dialects/structchat/gateway.h"
#include "http/request.h"
#include "http/response.h"

namespace parlance::structchat {

/// GET /v1/tags: {data: [{tag, count}], ok}, most frequent first, at most 1000.
Task<Result<http::Response>> list_tags(Gateway& gateway, http::Request& request);

}  // namespace parlance::structchat
