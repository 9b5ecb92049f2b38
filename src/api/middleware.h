#pragma once

#include "api/services.h"
#include "http/pipeline.h"
#include "http/router.h"

namespace parlance::api {

/// Appends what every request passes behind the HTTP layer's own middlewares; the list, with the reason beside each
/// entry, is in middleware.cc. `services` and `router` must outlive the pipeline.
void append_middlewares(http::Pipeline& pipeline, http::Router const& router, Services& services);

}  // namespace parlance::api
