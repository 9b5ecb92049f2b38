#include "api/jwt_key.h"

#include <openssl/bio.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>

#include <array>
#include <utility>
#include <vector>

#include "base/crypto.h"

namespace parlance::api {
namespace {

struct AlgorithmFacts {
  JwtAlgorithm algorithm;
  std::string_view name;
  char const* key_type;      ///< as OpenSSL calls it
  char const* digest;        ///< null where the algorithm brings its own
  std::string_view curve;    ///< its name in OpenSSL; empty where the kind of key says it all
  std::size_t number_bytes;  ///< of r and of s
};

constexpr char const* kMac = "HMAC";

constexpr std::array kAlgorithms = {
    AlgorithmFacts{JwtAlgorithm::hs256, "HS256", kMac, "SHA256", "", 0},
    AlgorithmFacts{JwtAlgorithm::hs384, "HS384", kMac, "SHA384", "", 0},
    AlgorithmFacts{JwtAlgorithm::hs512, "HS512", kMac, "SHA512", "", 0},
    AlgorithmFacts{JwtAlgorithm::rs256, "RS256", "RSA", "SHA256", "", 0},
    AlgorithmFacts{JwtAlgorithm::rs384, "RS384", "RSA", "SHA384", "", 0},
    AlgorithmFacts{JwtAlgorithm::rs512, "RS512", "RSA", "SHA512", "", 0},
    AlgorithmFacts{JwtAlgorithm::es256, "ES256", "EC", "SHA256", "prime256v1", 32},
    AlgorithmFacts{JwtAlgorithm::es384, "ES384", "EC", "SHA384", "secp384r1", 48},
    AlgorithmFacts{JwtAlgorithm::es512, "ES512", "EC", "SHA512", "secp521r1", 66},
    AlgorithmFacts{JwtAlgorithm::eddsa, "EdDSA", "ED25519", nullptr, "", 0},
};

AlgorithmFacts const& facts_of(JwtAlgorithm algorithm) { return kAlgorithms[static_cast<std::size_t>(algorithm)]; }

template <auto Free>
struct Freer {
  template <typename T>
  void operator()(T* object) const {
    Free(object);
  }
};
template <typename T, auto Free>
using Owned = std::unique_ptr<T, Freer<Free>>;

using KeyContext = Owned<EVP_PKEY_CTX, EVP_PKEY_CTX_free>;
using DigestContext = Owned<EVP_MD_CTX, EVP_MD_CTX_free>;

std::shared_ptr<EVP_PKEY> shared(EVP_PKEY* key) { return {key, EVP_PKEY_free}; }

unsigned char const* octets(std::string_view text) { return reinterpret_cast<unsigned char const*>(text.data()); }

std::unexpected<Error> bad_key(std::string_view why) {
  ERR_clear_error();
  return fail(Errc::invalid_argument, std::string(why), "public_key");
}

/// r and s side by side (RFC 7518 section 3.4) as the DER that OpenSSL reads; empty where the length is wrong.
std::string to_der(std::string_view signature, std::size_t number_bytes) {
  if (signature.size() != 2 * number_bytes) return {};
  Owned<ECDSA_SIG, ECDSA_SIG_free> numbers(ECDSA_SIG_new());
  auto* r = BN_bin2bn(octets(signature), static_cast<int>(number_bytes), nullptr);
  auto* s = BN_bin2bn(octets(signature.substr(number_bytes)), static_cast<int>(number_bytes), nullptr);
  ECDSA_SIG_set0(numbers.get(), r, s);
  std::string der(static_cast<std::size_t>(i2d_ECDSA_SIG(numbers.get(), nullptr)), '\0');
  auto* out = reinterpret_cast<unsigned char*>(der.data());
  i2d_ECDSA_SIG(numbers.get(), &out);
  return der;
}

std::shared_ptr<EVP_PKEY> key_from(char const* type, OSSL_PARAM_BLD* builder) {
  Owned<OSSL_PARAM, OSSL_PARAM_free> const parameters(OSSL_PARAM_BLD_to_param(builder));
  KeyContext const context(EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
  EVP_PKEY* key = nullptr;
  if (!context || EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, parameters.get()) != 1) {
    return nullptr;
  }
  return shared(key);
}

std::string text_of(boost::json::object const& jwk, std::string_view name) {
  auto const* value = jwk.if_contains(name);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
}

/// A base64url number or octet string of a JWK; empty where it is absent or broken.
std::string octets_of(boost::json::object const& jwk, std::string_view name) {
  return parse_base64url(text_of(jwk, name)).value_or("");
}

std::shared_ptr<EVP_PKEY> rsa_key(boost::json::object const& jwk) {
  auto const modulus = octets_of(jwk, "n");
  auto const exponent = octets_of(jwk, "e");
  if (modulus.empty() || exponent.empty() || modulus.size() > 2048 || exponent.size() > 8) return nullptr;
  Owned<BIGNUM, BN_free> const n(BN_bin2bn(octets(modulus), static_cast<int>(modulus.size()), nullptr));
  Owned<BIGNUM, BN_free> const e(BN_bin2bn(octets(exponent), static_cast<int>(exponent.size()), nullptr));
  Owned<OSSL_PARAM_BLD, OSSL_PARAM_BLD_free> const builder(OSSL_PARAM_BLD_new());
  OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, n.get());
  OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, e.get());
  return key_from("RSA", builder.get());
}

std::shared_ptr<EVP_PKEY> curve_key(boost::json::object const& jwk) {
  struct Curve {
    std::string_view name;
    char const* group;
    std::size_t number_bytes;
  };
  constexpr std::array kCurves = {Curve{"P-256", "prime256v1", 32}, Curve{"P-384", "secp384r1", 48},
                                  Curve{"P-521", "secp521r1", 66}};
  auto const name = text_of(jwk, "crv");
  for (auto const& curve : kCurves) {
    if (curve.name != name) continue;
    auto const point = "\x04" + octets_of(jwk, "x") + octets_of(jwk, "y");
    if (point.size() != 1 + 2 * curve.number_bytes) return nullptr;
    Owned<OSSL_PARAM_BLD, OSSL_PARAM_BLD_free> const builder(OSSL_PARAM_BLD_new());
    OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, curve.group, 0);
    OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size());
    return key_from("EC", builder.get());
  }
  return nullptr;
}

std::shared_ptr<EVP_PKEY> edwards_key(boost::json::object const& jwk) {
  auto const point = octets_of(jwk, "x");
  if (text_of(jwk, "crv") != "Ed25519" || point.size() != 32) return nullptr;
  return shared(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, octets(point), point.size()));
}

std::string curve_of(EVP_PKEY* key) {
  std::array<char, 64> name{};
  std::size_t size = 0;
  if (EVP_PKEY_get_group_name(key, name.data(), name.size(), &size) != 1) return {};
  return {name.data(), size};
}

/// A MAC is checked by making it again.
bool verify_mac(EVP_PKEY* key, char const* digest, std::string_view text, std::string_view signature) {
  DigestContext const context(EVP_MD_CTX_new());
  std::array<unsigned char, EVP_MAX_MD_SIZE> mac{};
  auto size = mac.size();
  if (EVP_DigestSignInit_ex(context.get(), nullptr, digest, nullptr, nullptr, key, nullptr) != 1 ||
      EVP_DigestSign(context.get(), mac.data(), &size, octets(text), text.size()) != 1) {
    return false;
  }
  return equal_in_constant_time({reinterpret_cast<char const*>(mac.data()), size}, signature);
}

bool verify_signature(EVP_PKEY* key, char const* digest, std::string_view text, std::string_view signature) {
  DigestContext const context(EVP_MD_CTX_new());
  return EVP_DigestVerifyInit_ex(context.get(), nullptr, digest, nullptr, nullptr, key, nullptr) == 1 &&
         EVP_DigestVerify(context.get(), octets(signature), signature.size(), octets(text), text.size()) == 1;
}

}  // namespace

std::optional<JwtAlgorithm> parse_jwt_algorithm(std::string_view name) {
  for (auto const& facts : kAlgorithms)
    if (facts.name == name) return facts.algorithm;
  return std::nullopt;
}

std::string_view name_of(JwtAlgorithm algorithm) { return facts_of(algorithm).name; }

bool is_symmetric(JwtAlgorithm algorithm) { return std::string_view(facts_of(algorithm).key_type) == kMac; }

Result<JwtKey> JwtKey::from_secret(std::string_view secret) {
  if (secret.empty()) return invalid("secret", "secret must not be empty");
  return JwtKey(shared(EVP_PKEY_new_raw_private_key(EVP_PKEY_HMAC, nullptr, octets(secret), secret.size())));
}

Result<JwtKey> JwtKey::from_pem(std::string_view pem) {
  Owned<BIO, BIO_free> const source(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  return checked(shared(PEM_read_bio_PUBKEY(source.get(), nullptr, nullptr, nullptr)));
}

Result<JwtKey> JwtKey::from_jwk(boost::json::object const& jwk) {
  auto const type = text_of(jwk, "kty");
  if (type == "RSA") return checked(rsa_key(jwk));
  if (type == "EC") return checked(curve_key(jwk));
  if (type == "OKP") return checked(edwards_key(jwk));
  return bad_key("the key's type is not RSA, EC or OKP");
}

Result<JwtKey> JwtKey::checked(std::shared_ptr<EVP_PKEY> key) {
  if (!key) return bad_key("this is not a public key");
  if (EVP_PKEY_is_a(key.get(), "RSA") == 1 && EVP_PKEY_get_bits(key.get()) < 2048)
    return bad_key("RSA keys need at least 2048 bits");
  JwtKey made(std::move(key));
  bool const is_usable =
      std::ranges::any_of(kAlgorithms, [&](AlgorithmFacts const& facts) { return made.fits(facts.algorithm); });
  if (!is_usable) return bad_key("the key must be RSA, P-256, P-384, P-521 or Ed25519");
  return made;
}

bool JwtKey::fits(JwtAlgorithm algorithm) const {
  auto const& facts = facts_of(algorithm);
  if (EVP_PKEY_is_a(key_.get(), facts.key_type) != 1) return false;
  return facts.curve.empty() || curve_of(key_.get()) == facts.curve;
}

bool JwtKey::verify(JwtAlgorithm algorithm, std::string_view signed_text, std::string_view signature) const {
  if (!fits(algorithm)) return false;
  auto const& facts = facts_of(algorithm);
  if (is_symmetric(algorithm)) return verify_mac(key_.get(), facts.digest, signed_text, signature);
  auto const der = facts.number_bytes == 0 ? std::string(signature) : to_der(signature, facts.number_bytes);
  bool const is_good = !der.empty() && verify_signature(key_.get(), facts.digest, signed_text, der);
  ERR_clear_error();
  return is_good;
}

}  // namespace parlance::api
