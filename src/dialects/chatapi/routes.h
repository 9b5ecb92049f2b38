#pragma once

#include <chrono>
#include <cstddef>

#include "api/services.h"
#include "http/router.h"

/// ChatAPI: multi-tenant rooms, acknowledgements and notifications over REST and one WebSocket.
namespace parlance::chatapi {

struct Options {
  /// WebSockets that one user may have open at once; a further one is closed with 1008. The source text's own number.
  std::size_t max_connections_per_user = 5;

  /// Silence after which the server pings a WebSocket, and after which it is given up.
  std::chrono::milliseconds ping_interval{30'000};
  std::chrono::milliseconds idle_timeout{60'000};

  /// Bytes that may wait for a slow WebSocket before it is closed with 1008.
  std::size_t queue_limit = std::size_t{1} << 20;

  /// How long a token of POST /ws/token is good for.
  std::chrono::seconds token_lifetime{60};

  /// What a client is told to wait before it comes back from a shutdown.
  std::chrono::milliseconds reconnect_after{5'000};
};

/// Adds the dialect's routes as one group, and announces who comes and goes to their room-mates. Before the server and
/// the first connection; `services` must outlive the router.
void add_routes(http::Router& router, api::Services& services, Options options);

}  // namespace parlance::chatapi
