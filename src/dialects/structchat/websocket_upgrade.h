#pragma once

#include "base/task.h"
#include "dialects/structchat/gateway.h"
#include "http/request.h"
#include "http/response.h"

namespace parlance::structchat {

/// GET /v1/ws. The credential is checked before the upgrade: the usual headers, or `?token=` for browsers, which is
/// whatever could be a bearer, or a single-use token. 401 without a valid one, 404 where the organisation that is named
/// is not the credential's, 429 over its rate.
Task<Result<http::Response>> open_websocket(Gateway& gateway, http::Request& request);

}  // namespace parlance::structchat
