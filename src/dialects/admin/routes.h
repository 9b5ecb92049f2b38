#pragma once

#include <functional>

#include "api/services.h"
#include "http/router.h"

/// Administration: tenants, credentials, users, spaces, settings, and what watches over the process. Our own contract.
namespace parlance::admin {

struct Options {
  /// Called before each GET /metrics, for what is counted elsewhere.
  std::function<void()> refresh_metrics = [] {};
};

/// Adds the routes as two groups, "admin" and "process". Before the server; `services` must outlive the router.
void add_routes(http::Router& router, api::Services& services, Options options);

}  // namespace parlance::admin
