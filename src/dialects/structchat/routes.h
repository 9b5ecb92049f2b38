#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

#include "api/services.h"
#include "http/router.h"
#include "model/tenant.h"

/// Struct: organisations, channels, threads and feeds over REST and one WebSocket.
namespace parlance::structchat {

struct Options {
  /// Silence after which a user is away. The source text's own number.
  std::chrono::milliseconds away_after{600'000};

  /// Silence after which the server pings a WebSocket, and after which it is given up.
  std::chrono::milliseconds ping_interval{30'000};
  std::chrono::milliseconds idle_timeout{60'000};

  /// Bytes that may wait for a slow WebSocket before it is closed with 1008.
  std::size_t queue_limit = std::size_t{1} << 20;

  /// What a WebSocket is told to wait before it comes back from a shutdown.
  std::chrono::milliseconds reconnect_after{5'000};

  /// Of one upload.
  std::int64_t max_upload_bytes = std::int64_t{64} << 20;

  /// Of organisations that people make, in requests a second.
  std::int64_t default_rate_limit = model::kDefaultRateLimit;
};

/// Adds the dialect's routes as one group, and listens to the broker for its feeds. Before the broker starts;
/// `services` must outlive the router and the broker's callers.
void add_routes(http::Router& router, api::Services& services, Options options);

}  // namespace parlance::structchat
