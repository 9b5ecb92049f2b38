#include "api/sealed_text.h"

#include <openssl/evp.h>

#include <memory>

#include "base/crypto.h"

namespace parlance::api {
namespace {

constexpr std::size_t kNonceBytes = 12;
constexpr std::size_t kTagBytes = 16;

struct ContextFreer {
  void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};
using Context = std::unique_ptr<EVP_CIPHER_CTX, ContextFreer>;

unsigned char const* octets(std::string_view text) { return reinterpret_cast<unsigned char const*>(text.data()); }
unsigned char* octets(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

std::string key_from(std::string_view secret) { return hmac_sha256(secret, "parlance sealed text"); }

}  // namespace

std::string seal(std::string_view secret, std::string_view text) {
  auto const key = key_from(secret);
  auto const nonce = random_bytes(kNonceBytes);
  Context const context(EVP_CIPHER_CTX_new());
  EVP_EncryptInit_ex2(context.get(), EVP_aes_256_gcm(), octets(key), octets(nonce), nullptr);
  std::string hidden(text.size(), '\0');
  int size = 0;
  EVP_EncryptUpdate(context.get(), octets(hidden), &size, octets(text), static_cast<int>(text.size()));
  EVP_EncryptFinal_ex(context.get(), octets(hidden) + size, &size);
  std::string tag(kTagBytes, '\0');
  EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_GET_TAG, kTagBytes, tag.data());
  return to_base64(nonce + tag + hidden);
}

std::optional<std::string> unseal(std::string_view secret, std::string_view sealed) {
  auto parsed = parse_base64(sealed);
  if (!parsed || parsed->size() < kNonceBytes + kTagBytes) return std::nullopt;
  auto const key = key_from(secret);
  auto const nonce = parsed->substr(0, kNonceBytes);
  auto tag = parsed->substr(kNonceBytes, kTagBytes);
  auto const hidden = parsed->substr(kNonceBytes + kTagBytes);
  Context const context(EVP_CIPHER_CTX_new());
  EVP_DecryptInit_ex2(context.get(), EVP_aes_256_gcm(), octets(key), octets(nonce), nullptr);
  std::string text(hidden.size(), '\0');
  int size = 0;
  EVP_DecryptUpdate(context.get(), octets(text), &size, octets(hidden), static_cast<int>(hidden.size()));
  EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_SET_TAG, kTagBytes, tag.data());
  if (EVP_DecryptFinal_ex(context.get(), octets(text) + size, &size) != 1) return std::nullopt;
  return text;
}

}  // namespace parlance::api
