#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "http/request.h"
#include "http/response.h"

namespace parlance::chatapi {

/// The contract's name of a code: "VALIDATION_ERROR".
std::string_view error_code(Errc code);

/// What the caller reads; the contract has its own words where a rate limit was hit.
std::string error_message(Error const& error);

/// {"success":false,"error":{"code","message","field"?}} with the status of the code: the group's error shape.
http::Response error_response(Error const& error, http::Request const& request);

/// One WebSocket frame {"type":"error","code","message","request_id"}; "field" is added where there is one.
std::string error_frame(Error const& error, std::string_view request_id);

}  // namespace parlance::chatapi
