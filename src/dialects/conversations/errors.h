#pragma once

#include "base/result.h"
#include "http/request.h"
#include "http/response.h"

namespace parlance::conversations {

/// {"error":{"code","message","details"?}} with the status of the code: the group's error shape. `details` holds the
/// field at fault, or when to come back.
http::Response error_response(Error const& error, http::Request const& request);

/// core/ has its own names for what the contract calls content, replyToId and so on.
Error in_words_of_the_contract(Error error);

}  // namespace parlance::conversations
