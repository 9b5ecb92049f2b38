#include "http/close_reason.h"

namespace parlance::http {

std::string_view name_of(CloseReason reason) {
  switch (reason) {
    case CloseReason::requested: return "requested";
    case CloseReason::client_closed: return "client_closed";
    case CloseReason::slow_reader: return "slow_reader";
    case CloseReason::idle_timeout: return "idle_timeout";
    case CloseReason::protocol_error: return "protocol_error";
    case CloseReason::message_too_big: return "message_too_big";
    case CloseReason::server_shutdown: return "server_shutdown";
    case CloseReason::write_failed: return "write_failed";
  }
  return "unknown";
}

}  // namespace parlance::http
