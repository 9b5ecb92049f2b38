#include "dialects/anytype/errors.h"

#include <string>

#include "api/credentials.h"
#include "base/json.h"
#include "http/status.h"

namespace parlance::anytype {
namespace {

/// The contract has its own words for some refusals.
std::string message_of(Error const& error) {
  if (error.code == Errc::rate_limited) return "You have reached maximum request limit.";
  if (error.code == Errc::unauthenticated) {
    if (error.field == api::kCredentialMissing) return "missing authorization header";
    if (error.field == api::kCredentialMalformed) return "invalid authorization header format";
    if (error.field == api::kCredentialInvalid) return "invalid api key";
  }
  return error.message;
}

}  // namespace

std::string_view error_code(Errc code) {
  switch (code) {
    case Errc::invalid_argument: return "bad_request";
    case Errc::unauthenticated: return "unauthorized";
    case Errc::forbidden: return "forbidden";
    case Errc::not_found: return "object_not_found";
    case Errc::conflict: return "conflict";
    case Errc::idempotency_mismatch: return "idempotency_mismatch";
    case Errc::payload_too_large: return "payload_too_large";
    case Errc::unsupported_media: return "unsupported_media_type";
    case Errc::rate_limited: return "rate_limit_exceeded";
    case Errc::gone: return "resource_gone";
    case Errc::unavailable: return "service_unavailable";
    case Errc::internal: return "internal_server_error";
  }
  return "internal_server_error";
}

http::Response error_response(Error const& error, http::Request const& request) {
  int const status = request.rejection ? request.rejection->status : http::status_of(error.code);
  auto const message = message_of(error);
  JsonWriter out;
  out.begin_object().field("object", "error").field("status", status).field("code", error_code(error.code));
  out.field("message", message);
  bool const names_field = !error.field.empty() && error.code != Errc::unauthenticated;
  if (names_field) out.field("field", error.field);
  if (error.field == "limit") out.field("error", message);
  out.end_object();
  return http::Response::json(status, out.take()).with_header(kVersionHeader, kVersion);
}

}  // namespace parlance::anytype
