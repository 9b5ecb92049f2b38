#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "http/loopback_fixture.h"
#include "http/websocket_codec.h"

namespace parlance::http {
namespace {

using testing::LoopbackServer;

/// A directory with a fresh key and a certificate for it, signed by itself.
class Credentials {
 public:
  Credentials() {
    char name[] = "/tmp/parlance-tls-XXXXXX";
    directory_ = ::mkdtemp(name);
    EVP_PKEY* const key = EVP_EC_gen("P-256");
    X509* const certificate = X509_new();
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate), 0);
    X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
    X509_set_pubkey(certificate, key);
    X509_sign(certificate, key, EVP_sha256());
    write(key_path(), [&](FILE* file) { PEM_write_PrivateKey(file, key, nullptr, nullptr, 0, nullptr, nullptr); });
    write(certificate_path(), [&](FILE* file) { PEM_write_X509(file, certificate); });
    X509_free(certificate);
    EVP_PKEY_free(key);
  }
  ~Credentials() { std::filesystem::remove_all(directory_); }

  std::string key_path() const { return directory_ + "/key.pem"; }
  std::string certificate_path() const { return directory_ + "/certificate.pem"; }

 private:
  template <typename Action>
  static void write(std::string const& path, Action action) {
    FILE* const file = std::fopen(path.c_str(), "w");
    action(file);
    std::fclose(file);
  }

  std::string directory_;
};

/// A blocking TLS client that trusts anyone.
class TlsClient {
 public:
  explicit TlsClient(std::uint16_t port) : context_(SSL_CTX_new(TLS_client_method())) {
    stream_ = BIO_new_ssl_connect(context_);
    BIO_set_conn_hostname(stream_, ("127.0.0.1:" + std::to_string(port)).c_str());
    EXPECT_EQ(BIO_do_connect(stream_), 1);
  }
  ~TlsClient() {
    BIO_free_all(stream_);
    SSL_CTX_free(context_);
  }
  TlsClient(TlsClient const&) = delete;
  TlsClient& operator=(TlsClient const&) = delete;

  void send(std::string_view bytes) {
    EXPECT_EQ(BIO_write(stream_, bytes.data(), static_cast<int>(bytes.size())), static_cast<int>(bytes.size()));
  }

  std::string read_bytes(std::size_t count) {
    std::string bytes(count, '\0');
    std::size_t size = 0;
    while (size < count) {
      int const part = BIO_read(stream_, bytes.data() + size, static_cast<int>(count - size));
      if (part <= 0) break;
      size += static_cast<std::size_t>(part);
    }
    bytes.resize(size);
    return bytes;
  }

  std::string read_head() {
    std::string head;
    while (!head.ends_with("\r\n\r\n")) {
      auto const byte = read_bytes(1);
      if (byte.empty()) break;
      head += byte;
    }
    return head;
  }

 private:
  SSL_CTX* context_;
  BIO* stream_ = nullptr;
};

struct TlsTest : ::testing::Test {
  TlsTest() {
    site.options.tls_certificate = credentials.certificate_path();
    site.options.tls_key = credentials.key_path();
    site.options.io_threads = 2;
    site.group.add(Method::post, "/echo", "echo", [](Request& request) -> Result<Response> {
      return Response::text(200, request.is_secure ? request.body : "plain");
    });
    site.group.add(Method::get, "/ws", "ws", [](Request& request) {
      return upgrade_to_websocket(request, {}, [](std::shared_ptr<WebSocket> const& socket) {
        for (int i = 0; i < 100; ++i) socket->send_text(std::to_string(i));
        socket->send_text(std::string(300'000, 'x'));
      });
    });
  }

  Credentials credentials;
  LoopbackServer site;
};

TEST_F(TlsTest, ServesLargeBodiesBothWays) {
  site.start();
  TlsClient client(site.port());
  std::string const body(700'000, 'b');
  for (int i = 0; i < 3; ++i) {
    client.send(fmt::format("POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: {}\r\n\r\n{}", body.size(), body));
    EXPECT_EQ(client.read_head().substr(9, 3), "200");
    EXPECT_EQ(client.read_bytes(body.size()), body);
  }
}

TEST_F(TlsTest, ServesWebSockets) {
  site.start();
  TlsClient client(site.port());
  client.send(
      "GET /ws HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
  EXPECT_EQ(client.read_head().substr(9, 3), "101");
  std::string expected;
  for (int i = 0; i < 100; ++i) expected += text_frame(std::to_string(i));
  expected += text_frame(std::string(300'000, 'x'));
  EXPECT_EQ(client.read_bytes(expected.size()), expected);
}

TEST_F(TlsTest, RefusesUnusableCredentials) {
  site.options.tls_key = credentials.certificate_path();
  site.router.seal();
  auto const server = Server::create(site.options, site.router, site.pipeline, site.metrics);
  ASSERT_FALSE(server);
  EXPECT_EQ(server.error().code, Errc::invalid_argument);
  site.options.tls_key.clear();
  EXPECT_FALSE(Server::create(site.options, site.router, site.pipeline, site.metrics));
}

}  // namespace
}  // namespace parlance::http
