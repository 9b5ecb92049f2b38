#pragma once

#include <string>
#include <vector>

#include "http/middleware.h"
#include "http/router.h"

namespace parlance::http {

/// Answers preflights and OPTIONS, marks replies for the allowed origins, and refuses WebSocket handshakes of pages
/// from elsewhere (403), since browsers put no same-origin rule on those. A request without Origin passes: it is no
/// page's.
Middleware cross_origin(Router const& router, std::vector<std::string> allowed_origins);

}  // namespace parlance::http
