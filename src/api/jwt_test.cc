#include "api/jwt.h"

#include <gtest/gtest.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <memory>
#include <string>

#include "api/key_sets.h"
#include "base/crypto.h"
#include "base/json.h"

namespace parlance::api {
namespace {

using Key = std::shared_ptr<EVP_PKEY>;

Key owned(EVP_PKEY* key) { return {key, EVP_PKEY_free}; }
Key rsa_key() { return owned(EVP_RSA_gen(2048)); }
Key curve_key(char const* curve) { return owned(EVP_EC_gen(curve)); }
Key edwards_key() { return owned(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519")); }
Key secret_key(std::string const& secret) {
  return owned(EVP_PKEY_new_raw_private_key(EVP_PKEY_HMAC, nullptr,
                                            reinterpret_cast<unsigned char const*>(secret.data()), secret.size()));
}

std::string pem_of(Key const& key) {
  std::unique_ptr<BIO, decltype(&BIO_free)> const out(BIO_new(BIO_s_mem()), BIO_free);
  PEM_write_bio_PUBKEY(out.get(), key.get());
  char* text = nullptr;
  auto const size = BIO_get_mem_data(out.get(), &text);
  return {text, static_cast<std::size_t>(size)};
}

std::string raw_numbers(std::string const& der, int number_bytes) {
  auto const* bytes = reinterpret_cast<unsigned char const*>(der.data());
  std::unique_ptr<ECDSA_SIG, decltype(&ECDSA_SIG_free)> const numbers(
      d2i_ECDSA_SIG(nullptr, &bytes, static_cast<long>(der.size())), ECDSA_SIG_free);
  std::string raw(static_cast<std::size_t>(2 * number_bytes), '\0');
  auto* out = reinterpret_cast<unsigned char*>(raw.data());
  BN_bn2binpad(ECDSA_SIG_get0_r(numbers.get()), out, number_bytes);
  BN_bn2binpad(ECDSA_SIG_get0_s(numbers.get()), out + number_bytes, number_bytes);
  return raw;
}

std::string signature_of(Key const& key, char const* digest, std::string const& text) {
  std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> const context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  EVP_DigestSignInit_ex(context.get(), nullptr, digest, nullptr, nullptr, key.get(), nullptr);
  std::string signature(1024, '\0');
  auto size = signature.size();
  EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size,
                 reinterpret_cast<unsigned char const*>(text.data()), text.size());
  signature.resize(size);
  return signature;
}

std::string token_of(std::string const& header, std::string const& claims) {
  return to_base64url(header) + "." + to_base64url(claims);
}

std::string sign(Key const& key, std::string const& algorithm, std::string const& claims) {
  auto const text = token_of(R"({"alg":")" + algorithm + R"(","kid":"one"})", claims);
  auto const* digest = algorithm == "EdDSA"         ? nullptr
                       : algorithm.ends_with("256") ? "SHA256"
                       : algorithm.ends_with("384") ? "SHA384"
                                                    : "SHA512";
  auto signature = signature_of(key, digest, text);
  if (algorithm == "ES256") signature = raw_numbers(signature, 32);
  if (algorithm == "ES384") signature = raw_numbers(signature, 48);
  if (algorithm == "ES512") signature = raw_numbers(signature, 66);
  return text + "." + to_base64url(signature);
}

constexpr auto kClaims = R"({"sub":"ada","iss":"https://issuer","aud":["chat","other"],"exp":2000,"nbf":1000})";

bool verifies(JwtKey const& key, JwtAlgorithm algorithm, std::string const& token) {
  auto const jwt = parse_jwt(token);
  return jwt && jwt->algorithm == algorithm && key.verify(algorithm, jwt->signed_text, jwt->signature);
}

struct Signer {
  std::string algorithm;
  Key key;
};

std::vector<Signer> signers() {
  auto const rsa = rsa_key();
  return {{"RS256", rsa},
          {"RS384", rsa},
          {"RS512", rsa},
          {"ES256", curve_key("P-256")},
          {"ES384", curve_key("P-384")},
          {"ES512", curve_key("P-521")},
          {"EdDSA", edwards_key()}};
}

TEST(JwtVerify, TakesEveryAlgorithmWithItsOwnKeyOnly) {
  auto const all = signers();
  for (auto const& signer : all) {
    auto const token = sign(signer.key, signer.algorithm, kClaims);
    auto const algorithm = *parse_jwt_algorithm(signer.algorithm);
    for (auto const& other : all) {
      auto const key = JwtKey::from_pem(pem_of(other.key));
      ASSERT_TRUE(key) << other.algorithm;
      EXPECT_EQ(verifies(*key, algorithm, token), other.key == signer.key)
          << signer.algorithm << " with the key of " << other.algorithm;
    }
  }
  for (auto const* name : {"HS256", "HS384", "HS512"}) {
    auto const token = sign(secret_key("secret"), name, kClaims);
    EXPECT_TRUE(verifies(*JwtKey::from_secret("secret"), *parse_jwt_algorithm(name), token)) << name;
    EXPECT_FALSE(verifies(*JwtKey::from_secret("Secret"), *parse_jwt_algorithm(name), token)) << name;
  }
}

TEST(JwtVerify, RefusesATokenThatWasTamperedWith) {
  auto const key = secret_key("secret");
  auto const token = sign(key, "HS256", kClaims);
  auto const signature = token.substr(token.rfind('.'));
  auto const forged = token_of(R"({"alg":"HS256","kid":"one"})", R"({"sub":"root"})") + signature;
  EXPECT_TRUE(verifies(*JwtKey::from_secret("secret"), JwtAlgorithm::hs256, token));
  EXPECT_FALSE(verifies(*JwtKey::from_secret("secret"), JwtAlgorithm::hs256, forged));
  EXPECT_FALSE(verifies(*JwtKey::from_secret("secret"), JwtAlgorithm::hs256, token.substr(0, token.size() - 4)));
}

TEST(JwtVerify, RefusesAPublicKeyUsedAsASecret) {
  auto const rsa = rsa_key();
  auto const pem = pem_of(rsa);
  auto const forged = sign(secret_key(pem), "HS256", kClaims);
  auto const key = JwtKey::from_pem(pem);
  ASSERT_TRUE(key);
  EXPECT_FALSE(verifies(*key, JwtAlgorithm::hs256, forged));
  EXPECT_FALSE(verifies(*key, JwtAlgorithm::rs256, forged));
  EXPECT_FALSE(key->fits(JwtAlgorithm::hs256));
}

TEST(JwtVerify, RefusesNumbersOfAnotherLength) {
  auto const curve = curve_key("P-256");
  auto const token = sign(curve, "ES256", kClaims);
  auto const jwt = *parse_jwt(token);
  auto const key = *JwtKey::from_pem(pem_of(curve));
  EXPECT_TRUE(key.verify(JwtAlgorithm::es256, jwt.signed_text, jwt.signature));
  EXPECT_FALSE(key.verify(JwtAlgorithm::es256, jwt.signed_text, jwt.signature + '\0'));
  EXPECT_FALSE(key.verify(JwtAlgorithm::es256, jwt.signed_text, std::string(64, '\0')));
}

TEST(JwtParse, RefusesWhatIsNoSignedToken) {
  auto const claims = std::string(kClaims);
  for (auto const& token :
       {std::string(), std::string("a.b"), std::string("a.b.c"), token_of(R"({"alg":"none"})", claims) + ".",
        token_of(R"({"alg":"None"})", claims) + ".", token_of(R"({"alg":"HS256"})", claims) + ".",
        token_of(R"({})", claims) + ".AAAA", token_of(R"({"alg":"HS1"})", claims) + ".AAAA",
        token_of(R"({"alg":"HS256","crit":["exp"]})", claims) + ".AAAA", token_of(R"({"alg":"HS256"})", "[]") + ".AAAA",
        token_of(R"({"alg":"HS256"})", R"({"exp":"never"})") + ".AAAA", std::string(20'000, 'a') + ".b.c"}) {
    auto const jwt = parse_jwt(token);
    ASSERT_FALSE(jwt) << token;
    EXPECT_EQ(jwt.error().field, "credential_invalid");
  }
}

JwtClaims claims() { return parse_jwt(token_of(R"({"alg":"HS256"})", kClaims) + ".AAAA")->claims; }

TEST(JwtClaimsCheck, AllowsAMinuteOfLeeway) {
  EXPECT_TRUE(check_claims(claims(), "https://issuer", "chat", 1500 * kSecond));
  EXPECT_TRUE(check_claims(claims(), "", "", 2059 * kSecond));
  EXPECT_FALSE(check_claims(claims(), "", "", 2060 * kSecond));
  EXPECT_TRUE(check_claims(claims(), "", "", 940 * kSecond));
  EXPECT_FALSE(check_claims(claims(), "", "", 939 * kSecond));
}

TEST(JwtClaimsCheck, RefusesAnotherIssuerAudienceOrNobody) {
  EXPECT_FALSE(check_claims(claims(), "https://another", "", 1500 * kSecond));
  EXPECT_FALSE(check_claims(claims(), "", "mail", 1500 * kSecond));
  EXPECT_TRUE(check_claims(claims(), "", "other", 1500 * kSecond));
  auto nobody = claims();
  nobody.subject.clear();
  EXPECT_FALSE(check_claims(nobody, "", "", 1500 * kSecond));
}

TEST(JwtKeyFromPem, RefusesWeakAndForeignKeys) {
  EXPECT_FALSE(JwtKey::from_pem("no key"));
  EXPECT_FALSE(JwtKey::from_pem(pem_of(owned(EVP_RSA_gen(1024)))));
  EXPECT_FALSE(JwtKey::from_pem(pem_of(curve_key("secp256k1"))));
  EXPECT_FALSE(JwtKey::from_secret(""));
}

/// The example keys of RFC 7517 appendix A.1 and RFC 8037 appendix A.2.
constexpr auto kKeySet = R"({"keys":[
  {"kty":"EC","crv":"P-256","kid":"curve","use":"sig",
   "x":"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4","y":"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM"},
  {"kty":"OKP","crv":"Ed25519","kid":"edwards","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"},
  {"kty":"EC","crv":"P-256","kid":"for another use","use":"enc",
   "x":"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4","y":"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM"},
  {"kty":"oct","kid":"secret","k":"AAAA"},
  {"kty":"EC","crv":"P-256","kid":"off the curve","x":"AAAA","y":"AAAA"}]})";

TEST(KeySetParse, KeepsTheKeysThatSign) {
  auto const keys = parse_key_set(kKeySet);
  ASSERT_TRUE(keys);
  ASSERT_EQ(keys->size(), 2U);
  EXPECT_EQ((*keys)[0].id, "curve");
  EXPECT_TRUE((*keys)[0].key.fits(JwtAlgorithm::es256));
  EXPECT_EQ((*keys)[1].id, "edwards");
  EXPECT_FALSE(parse_key_set("[]"));
  EXPECT_FALSE(parse_key_set("<html>"));
}

/// RFC 8037 appendix A.4.
TEST(KeySetParse, VerifiesThePublishedExample) {
  auto const keys = *parse_key_set(kKeySet);
  std::string const text = "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc";
  auto const signature =
      *parse_base64url("hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg");
  EXPECT_TRUE(keys[1].key.verify(JwtAlgorithm::eddsa, text, signature));
  EXPECT_FALSE(keys[0].key.verify(JwtAlgorithm::eddsa, text, signature));
}

}  // namespace
}  // namespace parlance::api
