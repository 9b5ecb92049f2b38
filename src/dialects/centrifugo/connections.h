#pragma once

#include "base/result.h"
#include "base/task.h"
#include "dialects/centrifugo/gateway.h"
#include "http/request.h"
#include "http/response.h"

/// The transports: how a client's connection begins.
namespace parlance::centrifugo {

/// GET /connection/websocket
Task<Result<http::Response>> open_websocket(Gateway& gateway, http::Request& request);
/// GET or POST /connection/sse: the connect command is in `?cf_connect=` or the body.
Task<Result<http::Response>> open_sse(Gateway& gateway, http::Request& request);
/// POST /connection/http_stream
Task<Result<http::Response>> open_http_stream(Gateway& gateway, http::Request& request);
/// GET or POST /connection/uni_sse: the connect request is in `?cf_connect=` or the body.
Task<Result<http::Response>> open_uni_sse(Gateway& gateway, http::Request& request);
/// POST /connection/uni_http_stream
Task<Result<http::Response>> open_uni_http_stream(Gateway& gateway, http::Request& request);
/// POST /emulation: commands of a client whose transport only leads towards it.
Task<Result<http::Response>> emulate(Gateway& gateway, http::Request& request);

}  // namespace parlance::centrifugo
