#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "api/jwt_key.h"
#include "base/clock.h"
#include "base/result.h"

namespace parlance::api {

/// What a token says. Nothing of it is true before its signature has been checked.
struct JwtClaims {
  std::string subject;
  std::string issuer;
  std::vector<std::string> audiences;
  std::string name;
  std::string email;
  std::string scope;
  Timestamp expires_at = 0;  ///< 0 = never
  Timestamp not_before = 0;
};

/// A token in compact form (RFC 7519, RFC 7515), taken apart.
struct Jwt {
  JwtAlgorithm algorithm = JwtAlgorithm::hs256;
  std::string key_id;
  JwtClaims claims;
  std::string signed_text;
  std::string payload;  ///< the claims as JSON text, an object
  std::string signature;
};

/// How far the clocks of issuer and server may differ.
inline constexpr Timestamp kJwtLeeway = kMinute;

/// True where `text` has the outer form of one: three parts with dots between.
bool looks_like_jwt(std::string_view text);

/// Takes `text` apart. unauthenticated "credential_invalid" where it is no such token, names another algorithm ("none"
/// among them), or demands what we do not know ("crit").
Result<Jwt> parse_jwt(std::string_view text);

/// The claims of a token whose signature is good: in time, from `issuer` and for `audience` (both where not empty), and
/// about somebody. unauthenticated "credential_invalid" otherwise.
Result<void> check_claims(JwtClaims const& claims, std::string_view issuer, std::string_view audience, Timestamp now);

/// unauthenticated, with "credential_invalid" as the field.
std::unexpected<Error> invalid_credential(std::string message);

}  // namespace parlance::api
