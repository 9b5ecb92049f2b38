#pragma once

#include "base/result.h"
#include "http/request.h"
#include "http/response.h"

namespace parlance::snapbooks {

/// {"error": {"code", "message", "field"?}}. What core/ calls a text the contract calls a message.
http::Response error_response(Error const& error, http::Request const& request);

}  // namespace parlance::snapbooks
