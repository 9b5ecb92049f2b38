#pragma once

#include "base/result.h"
#include "http/request.h"
#include "http/response.h"

namespace parlance::admin {

/// {"error":{"code","message","field"?}}: the groups' error shape.
http::Response error_response(Error const& error, http::Request const& request);

}  // namespace parlance::admin
