#include "dialects/centrifugo/codes.h"

namespace parlance::centrifugo {

Fault fault_of(Error const& error) {
  switch (error.code) {
    case Errc::invalid_argument: return {107, error.message};
    case Errc::unauthenticated: return {101, error.message};
    case Errc::forbidden: return {103, error.message};
    case Errc::not_found: return {404, error.message};
    case Errc::conflict: return {409, error.message};
    case Errc::idempotency_mismatch: return {422, error.message};
    case Errc::payload_too_large: return {413, error.message};
    case Errc::unsupported_media: return {415, error.message};
    case Errc::rate_limited: return faults::too_many_requests();
    case Errc::gone: return {410, error.message};
    case Errc::unavailable:
    case Errc::internal: return faults::internal();
  }
  return faults::internal();
}

}  // namespace parlance::centrifugo
