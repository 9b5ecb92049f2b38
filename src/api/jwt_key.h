#pragma once

#include <boost/json/object.hpp>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

struct evp_pkey_st;

namespace parlance::api {

/// Signature algorithms of RFC 7518 and RFC 8037. "none" is not one.
enum class JwtAlgorithm { hs256, hs384, hs512, rs256, rs384, rs512, es256, es384, es512, eddsa };

std::optional<JwtAlgorithm> parse_jwt_algorithm(std::string_view name);
std::string_view name_of(JwtAlgorithm algorithm);

/// HS256 and its kin: the key that checks a signature can also make one.
bool is_symmetric(JwtAlgorithm algorithm);

/// A key that checks signatures. Any thread; copies share the key.
class JwtKey {
 public:
  /// A shared secret. invalid_argument where it is empty.
  static Result<JwtKey> from_secret(std::string_view secret);
  /// A public key: PEM, "BEGIN PUBLIC KEY". RSA from 2048 bits, P-256, P-384, P-521 and Ed25519.
  static Result<JwtKey> from_pem(std::string_view pem);
  /// A public JWK (RFC 7517) of type RSA, EC or OKP; the same sizes.
  static Result<JwtKey> from_jwk(boost::json::object const& jwk);

  /// False also where the algorithm is not one for this kind of key, whoever chose it. `signature` is as the token has
  /// it: for ES* both numbers side by side.
  bool verify(JwtAlgorithm algorithm, std::string_view signed_text, std::string_view signature) const;

  /// Whether verify could ever be true.
  bool fits(JwtAlgorithm algorithm) const;

 private:
  explicit JwtKey(std::shared_ptr<evp_pkey_st> key) : key_(std::move(key)) {}
  static Result<JwtKey> checked(std::shared_ptr<evp_pkey_st> key);

  std::shared_ptr<evp_pkey_st> key_;
};

}  // namespace parlance::api
