#pragma once

#include <string_view>

namespace parlance::http {

/// Why a live stream or a WebSocket ended. Each has a name for logs and metrics.
enum class CloseReason {
  requested,        ///< the owner closed it
  client_closed,    ///< the client closed it, with or without a closing handshake
  slow_reader,      ///< its queue overflowed, or it took nothing for the write timeout; it may come back and resume
  idle_timeout,     ///< nothing came from the client for too long, pongs included
  protocol_error,   ///< the client broke RFC 6455
  message_too_big,  ///< a message over the limit
  server_shutdown,  ///< this server is stopping; come back
  write_failed,     ///< the connection broke
};

std::string_view name_of(CloseReason reason);

}  // namespace parlance::http
