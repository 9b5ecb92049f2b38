#pragma once

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <thread>

#include "http/server.h"

namespace parlance::http::testing {

/// A plain blocking client that sends exactly the bytes it is told.
class LoopbackClient {
 public:
  explicit LoopbackClient(std::uint16_t port, int receive_buffer = 0) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    if (receive_buffer > 0) ::setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  }
  ~LoopbackClient() { close(); }
  LoopbackClient(LoopbackClient const&) = delete;
  LoopbackClient& operator=(LoopbackClient const&) = delete;

  void close() {
    if (socket_ >= 0) ::close(socket_);
    socket_ = -1;
  }

  /// False where the server has closed its side.
  bool send(std::string_view bytes) {
    while (!bytes.empty()) {
      auto const count = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (count <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(count));
    }
    return true;
  }

  /// Reads until `mark` has come; what was read up to its end. Stops at the end of the stream or after five seconds.
  std::string read_until(std::string_view mark) {
    while (true) {
      if (auto const at = received_.find(mark); at != std::string::npos) return take(at + mark.size());
      if (!receive()) return take(received_.size());
    }
  }

  std::string read_bytes(std::size_t count) {
    while (received_.size() < count && receive()) continue;
    return take(std::min(count, received_.size()));
  }

  std::string read_to_end() {
    while (receive()) continue;
    return take(received_.size());
  }

  /// One reply with a Content-Length: its head and body.
  std::string read_reply() {
    auto reply = read_until("\r\n\r\n");
    auto const at = reply.find("Content-Length: ");
    if (at != std::string::npos) reply += read_bytes(std::stoul(reply.substr(at + 16)));
    return reply;
  }

  bool was_reset() const { return was_reset_; }

 private:
  std::string take(std::size_t count) {
    auto front = received_.substr(0, count);
    received_.erase(0, count);
    return front;
  }

  bool receive() {
    pollfd waiting{socket_, POLLIN, 0};
    if (::poll(&waiting, 1, 5'000) <= 0) return false;
    char buffer[16 << 10];
    auto const count = ::recv(socket_, buffer, sizeof buffer, 0);
    if (count < 0) was_reset_ = true;
    if (count <= 0) return false;
    received_.append(buffer, static_cast<std::size_t>(count));
    return true;
  }

  int socket_;
  std::string received_;
  bool was_reset_ = false;
};

/// A server on a free port. Fill `group` before start().
class LoopbackServer {
 public:
  LoopbackServer() {
    options.port = 0;
    options.io_threads = 1;
    spdlog::set_level(spdlog::level::critical);
  }
  ~LoopbackServer() {
    if (server) server->stop();
  }

  void start() {
    router.seal();
    auto made = Server::create(options, router, pipeline, metrics);
    ASSERT_TRUE(made) << made.error().message;
    server = std::move(*made);
    auto const started = server->start();
    ASSERT_TRUE(started) << started.error().message;
  }

  std::uint16_t port() const { return server->port(); }

  /// Waits for what another thread brings about; false after five seconds.
  static bool eventually(std::function<bool()> const& holds) {
    for (int i = 0; i < 500; ++i) {
      if (holds()) return true;
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return false;
  }

  Metrics metrics;
  Router router;
  RouteGroup& group = router.add_group("test", nullptr);
  Pipeline pipeline{router, metrics, {}};
  ServerOptions options;
  std::unique_ptr<Server> server;
};

}  // namespace parlance::http::testing
