#include "dialects/centrifugo/errors.h"

#include <string>

namespace parlance::centrifugo {
namespace {

int status_of(Errc code) {
  switch (code) {
    case Errc::invalid_argument: return 400;
    case Errc::unauthenticated: return 401;
    case Errc::forbidden: return 403;
    case Errc::not_found: return 404;
    case Errc::conflict: return 409;
    case Errc::idempotency_mismatch: return 422;
    case Errc::payload_too_large: return 413;
    case Errc::unsupported_media: return 415;
    case Errc::rate_limited: return 429;
    case Errc::gone: return 410;
    case Errc::unavailable: return 503;
    case Errc::internal: return 500;
  }
  return 500;
}

}  // namespace

http::Response error_response(Error const& error, http::Request const&) {
  if (error.code == Errc::unauthenticated) return http::Response::empty(401);
  auto response = http::Response::text(status_of(error.code), error.message + "\n");
  if (error.retry_after_seconds > 0) response.headers.set("Retry-After", std::to_string(error.retry_after_seconds));
  return response;
}

}  // namespace parlance::centrifugo
