#pragma once

#include <chrono>
#include <cstdint>

#include "api/services.h"
#include "api/token_bucket.h"
#include "http/router.h"

/// Anytype: spaces, chats, cursor pages, files and server-sent events.
namespace parlance::anytype {

struct Options {
  /// Writes of one caller on one route. The original refills one a second, which starves bots: ours is ten. Both 0: no
  /// limit.
  api::Rate write_rate{.burst = 60, .per_second = 10};

  /// The original's own number; what is silent for a minute is cut by many proxies.
  std::chrono::milliseconds ping_interval{30'000};

  /// Of one upload.
  std::int64_t max_upload_bytes = std::int64_t{64} << 20;
};

/// Adds the dialect's routes as one group. Before the server; `services` must outlive the router.
void add_routes(http::Router& router, api::Services& services, Options options);

}  // namespace parlance::anytype
