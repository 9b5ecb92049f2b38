#pragma once

#include "base/result.h"
#include "http/request.h"
#include "http/response.h"

namespace parlance::centrifugo {

/// What is wrong with a request before the protocol begins: plain text with the status. A server API without a good key
/// is answered with 401 and nothing.
http::Response error_response(Error const& error, http::Request const& request);

}  // namespace parlance::centrifugo
