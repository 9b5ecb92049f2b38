#pragma once

#include <cstdint>
#include <functional>

#include "api/services.h"
#include "http/router.h"
#include "model/tenant.h"

/// Administration: tenants, credentials, users, spaces, settings, and what watches over the process. Our own contract.
namespace parlance::admin {

struct Options {
  /// Requests a second of a tenant that is created without a limit of its own; 0 = no limit.
  std::int64_t default_rate_limit = model::kDefaultRateLimit;

  /// Called before each GET /metrics, for what is counted elsewhere.
  std::function<void()> refresh_metrics = [] {};
};

/// Adds the routes as two groups, "admin" and "process". Before the server; `services` must outlive the router.
void add_routes(http::Router& router, api::Services& services, Options options);

}  // namespace parlance::admin
