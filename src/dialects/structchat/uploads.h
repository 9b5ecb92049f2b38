#pragma once

#include "base/task.h"
#include "dialects/structchat/gateway.h"
#include "http/request.h"
#include "http/response.h"

namespace parlance::structchat {

/// POST /v1/upload, multipart/form-data with a part `file`: {data: {ctype, fname, handle, size}, ok}. `ctype` is told
/// by the content.
Task<Result<http::Response>> upload(Gateway& gateway, http::Request& request);
/// GET /v1/upload/{handle}: the content, for its uploader and whoever reads a chat that it is attached to.
Task<Result<http::Response>> download(Gateway& gateway, http::Request& request);

}  // namespace parlance::structchat
