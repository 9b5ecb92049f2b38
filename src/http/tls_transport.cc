#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include "http/transport.h"

namespace parlance::http {
namespace {

struct FreeContext {
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
};
struct FreeSession {
  void operator()(SSL* session) const { SSL_free(session); }
};

constexpr std::size_t kRecordBytes = 16 << 10;

class TlsTransport final : public Transport {
 public:
  TlsTransport(SSL* session, int descriptor) : session_(session), descriptor_(descriptor) {}

  IoResult read(std::span<char> into) override {
    ERR_clear_error();
    std::size_t count = 0;
    int const answer = SSL_read_ex(session_.get(), into.data(), into.size(), &count);
    if (answer == 1) return {IoStatus::done, count};
    return {status_of_failure(answer)};
  }

  IoResult write(std::span<iovec const> pieces) override {
    ERR_clear_error();
    std::array<char, kRecordBytes> record;
    auto const size = gather(pieces, record);
    std::size_t count = 0;
    int const answer = SSL_write_ex(session_.get(), record.data(), size, &count);
    if (answer == 1) return {IoStatus::done, count};
    auto const status = status_of_failure(answer);
    return {status == IoStatus::wants_write ? IoStatus::would_block : status};
  }

  void end_writes() override {
    ERR_clear_error();
    SSL_shutdown(session_.get());
    ::shutdown(descriptor_, SHUT_WR);
  }

  bool is_secure() const override { return true; }

 private:
  /// Small pieces share a record. A retry after would_block begins with the same bytes, as OpenSSL demands.
  static std::size_t gather(std::span<iovec const> pieces, std::span<char> record) {
    std::size_t size = 0;
    for (auto const& piece : pieces) {
      auto const part = std::min(piece.iov_len, record.size() - size);
      std::memcpy(record.data() + size, piece.iov_base, part);
      size += part;
      if (size == record.size()) break;
    }
    return size;
  }

  IoStatus status_of_failure(int answer) const {
    switch (SSL_get_error(session_.get(), answer)) {
      case SSL_ERROR_WANT_READ: return IoStatus::would_block;
      case SSL_ERROR_WANT_WRITE: return IoStatus::wants_write;
      case SSL_ERROR_ZERO_RETURN: return IoStatus::ended;
      default: return IoStatus::failed;
    }
  }

  std::unique_ptr<SSL, FreeSession> session_;
  int descriptor_;
};

class OpenSslContext final : public TlsContext {
 public:
  OpenSslContext() : context_(SSL_CTX_new(TLS_server_method())) {
    SSL_CTX_set_min_proto_version(context_.get(), TLS1_2_VERSION);
    SSL_CTX_set_options(context_.get(), SSL_OP_NO_RENEGOTIATION | SSL_OP_IGNORE_UNEXPECTED_EOF);
    SSL_CTX_set_mode(context_.get(),
                     SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_alpn_select_cb(context_.get(), choose_protocol, nullptr);
  }

  bool use(std::string const& certificate, std::string const& key) {
    return SSL_CTX_use_certificate_chain_file(context_.get(), certificate.c_str()) == 1 &&
           SSL_CTX_use_PrivateKey_file(context_.get(), key.c_str(), SSL_FILETYPE_PEM) == 1 &&
           SSL_CTX_check_private_key(context_.get()) == 1;
  }

  std::unique_ptr<Transport> wrap(int descriptor) override {
    auto* const session = SSL_new(context_.get());
    SSL_set_fd(session, descriptor);
    SSL_set_accept_state(session);
    return std::make_unique<TlsTransport>(session, descriptor);
  }

 private:
  /// HTTP/1.1 is all we speak.
  static int choose_protocol(SSL*, unsigned char const** out, unsigned char* out_size, unsigned char const* offered,
                             unsigned offered_size, void*) {
    static constexpr unsigned char kOurs[] = "\x08http/1.1";
    auto** const chosen = const_cast<unsigned char**>(out);
    int const answer = SSL_select_next_proto(chosen, out_size, kOurs, sizeof kOurs - 1, offered, offered_size);
    return answer == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_NOACK;
  }

  std::unique_ptr<SSL_CTX, FreeContext> context_;
};

}  // namespace

Result<std::shared_ptr<TlsContext>> TlsContext::load(std::string const& certificate, std::string const& key) {
  auto context = std::make_shared<OpenSslContext>();
  if (!context->use(certificate, key)) {
    auto const code = ERR_peek_last_error();
    ERR_clear_error();
    for (auto const& [name, path] : {std::pair("tls_cert", certificate), std::pair("tls_key", key)})
      if (::access(path.c_str(), R_OK) != 0)
        return invalid(name, "the file " + path + " cannot be read: " + std::strerror(errno));
    char const* const reason = ERR_reason_error_string(code);
    return invalid("tls_cert", std::string("the TLS certificate and key are not usable: ") +
                                   (reason != nullptr ? reason : "unknown error"));
  }
  return context;
}

}  // namespace parlance::http
