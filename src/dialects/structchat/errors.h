#pragma once

#include <string>

#include "base/result.h"
#include "http/request.h"
#include "http/response.h"

namespace parlance::structchat {

/// What the caller reads: the error's sentence, with the name of the wrong part where the sentence lacks it.
std::string error_message(Error const& error);

/// {"ok":false,"error":"<message>"}: the group's error shape. What is forbidden to a caller without a credential is
/// 401: it might be allowed to whoever it is.
http::Response error_response(Error const& error, http::Request const& request);

}  // namespace parlance::structchat
