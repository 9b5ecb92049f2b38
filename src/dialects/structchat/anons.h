#pragma once

#include "base/task.h"
#include "dialects/structchat/gateway.h"
#include "http/request.h"
#include "http/response.h"

namespace parlance::structchat {

/// GET /v1/anons: {data: {group: [names]}, ok}; names for people without one. Always the same.
Task<Result<http::Response>> list_anons(Gateway& gateway, http::Request& request);

}  // namespace parlance::structchat
