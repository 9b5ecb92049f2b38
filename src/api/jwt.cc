#include "api/jwt.h"

#include <algorithm>
#include <boost/json/array.hpp>
#include <cmath>

#include "base/crypto.h"
#include "base/json.h"

namespace parlance::api {
namespace {

constexpr std::size_t kMaxTokenBytes = 16 << 10;

std::string text_of(boost::json::object const& object, std::string_view name) {
  auto const* value = object.if_contains(name);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
}

Result<boost::json::object> object_of(std::string_view part) {
  auto const text = parse_base64url(part);
  if (!text || part.ends_with('=')) return invalid_credential("the token is not base64url");
  auto json = parse_json(*text);
  if (!json || !json->is_object()) return invalid_credential("the token does not hold JSON objects");
  return std::move(json->get_object());
}

/// Seconds since 1970, fractions allowed (RFC 7519 section 2). A time that is there must be a sane one: a broken "exp"
/// does not mean "never".
Result<Timestamp> time_of(boost::json::object const& object, std::string_view name) {
  auto const* value = object.if_contains(name);
  if (value == nullptr) return 0;
  double const seconds = value->is_number() ? value->to_number<double>() : std::nan("");
  if (!(seconds > 0 && seconds < 1e12)) return invalid_credential("the token has a time that makes no sense");
  return static_cast<Timestamp>(seconds * kSecond);
}

std::vector<std::string> audiences_of(boost::json::object const& object) {
  auto const* value = object.if_contains("aud");
  if (value == nullptr) return {};
  if (value->is_string()) return {std::string(value->get_string())};
  std::vector<std::string> audiences;
  if (value->is_array()) {
    for (auto const& item : value->get_array())
      if (item.is_string()) audiences.emplace_back(item.get_string());
  }
  return audiences;
}

Result<JwtClaims> claims_of(boost::json::object const& object) {
  JwtClaims claims;
  claims.subject = text_of(object, "sub");
  claims.issuer = text_of(object, "iss");
  claims.audiences = audiences_of(object);
  claims.name = text_of(object, "name");
  claims.email = text_of(object, "email");
  claims.scope = text_of(object, "scope");
  claims.expires_at = TRY(time_of(object, "exp"));
  claims.not_before = TRY(time_of(object, "nbf"));
  return claims;
}

}  // namespace

std::unexpected<Error> invalid_credential(std::string message) {
  return fail(Errc::unauthenticated, std::move(message), "credential_invalid");
}

bool looks_like_jwt(std::string_view text) { return std::ranges::count(text, '.') == 2; }

Result<Jwt> parse_jwt(std::string_view text) {
  if (!looks_like_jwt(text) || text.size() > kMaxTokenBytes) return invalid_credential("this is not a JWT");
  auto const first_dot = text.find('.');
  auto const second_dot = text.rfind('.');
  auto const header = TRY(object_of(text.substr(0, first_dot)));
  auto const algorithm = parse_jwt_algorithm(text_of(header, "alg"));
  if (!algorithm) return invalid_credential("the token's algorithm is not one that is taken here");
  if (header.contains("crit")) return invalid_credential("the token has critical headers that are not known here");
  Jwt jwt;
  jwt.algorithm = *algorithm;
  jwt.key_id = text_of(header, "kid");
  auto const payload_part = text.substr(first_dot + 1, second_dot - first_dot - 1);
  auto const payload = TRY(object_of(payload_part));
  jwt.claims = TRY(claims_of(payload));
  jwt.payload = parse_base64url(payload_part).value_or("");
  jwt.signed_text = text.substr(0, second_dot);
  auto signature = parse_base64url(text.substr(second_dot + 1));
  if (!signature || signature->empty()) return invalid_credential("the token has no signature");
  jwt.signature = *std::move(signature);
  return jwt;
}

Result<void> check_claims(JwtClaims const& claims, std::string_view issuer, std::string_view audience, Timestamp now) {
  if (claims.expires_at != 0 && claims.expires_at + kJwtLeeway <= now)
    return invalid_credential("the token has expired");
  if (claims.not_before > now + kJwtLeeway) return invalid_credential("the token is not valid yet");
  if (!issuer.empty() && claims.issuer != issuer) return invalid_credential("the token is from another issuer");
  if (!audience.empty() && std::ranges::find(claims.audiences, audience) == claims.audiences.end())
    return invalid_credential("the token is for another audience");
  if (claims.subject.empty()) return invalid_credential("the token names no subject");
  return {};
}

}  // namespace parlance::api
