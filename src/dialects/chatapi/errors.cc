#include "dialects/chatapi/errors.h"

#include <fmt/format.h>

#include <algorithm>

#include "api/credentials.h"
#include "base/json.h"
#include "http/status.h"

namespace parlance::chatapi {

std::string_view error_code(Errc code) {
  switch (code) {
    case Errc::invalid_argument: return "VALIDATION_ERROR";
    case Errc::unauthenticated: return "AUTHENTICATION_ERROR";
    case Errc::forbidden: return "AUTHORIZATION_ERROR";
    case Errc::not_found: return "NOT_FOUND";
    case Errc::conflict: return "CONFLICT";
    case Errc::idempotency_mismatch: return "IDEMPOTENCY_MISMATCH";
    case Errc::payload_too_large: return "PAYLOAD_TOO_LARGE";
    case Errc::unsupported_media: return "UNSUPPORTED_MEDIA_TYPE";
    case Errc::rate_limited: return "RATE_LIMIT_EXCEEDED";
    case Errc::gone: return "GONE";
    case Errc::unavailable: return "SERVICE_UNAVAILABLE";
    case Errc::internal: return "INTERNAL_ERROR";
  }
  return "INTERNAL_ERROR";
}

std::string error_message(Error const& error) {
  if (error.code != Errc::rate_limited) return error.message;
  auto const seconds = std::max(1, error.retry_after_seconds);
  return fmt::format("Rate limit exceeded. Try again in {} {}", seconds, seconds == 1 ? "second" : "seconds");
}

http::Response error_response(Error const& error, http::Request const& request) {
  bool const is_key_wrong = error.field == api::kCredentialInvalid && !api::Presented::of(request).api_key.empty();
  JsonWriter out;
  out.begin_object().field("success", false).key("error").begin_object();
  out.field("code", error_code(error.code));
  out.field("message", is_key_wrong ? "Invalid API key" : error_message(error));
  // Of credentials the field is a reason, not a part of the input.
  if (!error.field.empty() && error.code != Errc::unauthenticated) out.field("field", error.field);
  out.end_object().end_object();
  return http::Response::json(http::status_of(error.code), out.take());
}

std::string error_frame(Error const& error, std::string_view request_id) {
  JsonWriter out;
  out.begin_object().field("type", "error").field("code", error_code(error.code));
  out.field("message", error_message(error)).field("request_id", request_id);
  if (!error.field.empty()) out.field("field", error.field);
  return out.end_object().take();
}

}  // namespace parlance::chatapi
