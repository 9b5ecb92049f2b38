#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <functional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "base/guarded.h"
#include "base/text.h"

namespace parlance::outbound {

/// A tiny HTTP/1.1 server on 127.0.0.1 for tests of this layer and those above: one connection at a time, one request
/// each. `answer(request)` gets the whole request as text and returns the whole reply; an empty reply keeps the
/// connection silent until the client gives up.
class ScriptedServer {
 public:
  using Answer = std::function<std::string(std::string const& request)>;

  explicit ScriptedServer(Answer answer) : answer_(std::move(answer)), listener_(listen_on_loopback()) {
    thread_ = std::jthread([this] { run(); });
  }
  ScriptedServer(ScriptedServer const&) = delete;
  ScriptedServer& operator=(ScriptedServer const&) = delete;
  ~ScriptedServer() {
    shutdown(listener_, SHUT_RDWR);
    thread_.join();
    close(listener_);
  }

  std::string url(std::string_view target = "/", std::string_view host = "127.0.0.1") const {
    return "http://" + std::string(host) + ":" + std::to_string(port()) + std::string(target);
  }

  int port() const {
    sockaddr_in address{};
    socklen_t size = sizeof address;
    getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    return ntohs(address.sin_port);
  }

  /// Every request so far, in order.
  std::vector<std::string> requests() const {
    return requests_.with([](auto const& list) { return list; });
  }

  static std::string reply(std::string_view status, std::string_view headers, std::string_view body) {
    return "HTTP/1.1 " + std::string(status) + "\r\n" + std::string(headers) +
           "Content-Length: " + std::to_string(body.size()) + "\r\nConnection: close\r\n\r\n" + std::string(body);
  }

 private:
  static int listen_on_loopback() {
    int const listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (bind(listener, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 || listen(listener, 16) != 0) {
      throw std::runtime_error("no port for the scripted server");
    }
    return listener;
  }

  static bool is_whole(std::string const& request) {
    if (request.starts_with('\x16')) return true;  // a TLS hello, answered like anything else
    auto const end = request.find("\r\n\r\n");
    if (end == std::string::npos) return false;
    auto const length = to_lower_ascii(request).find("content-length: ");
    if (length == std::string::npos || length > end) return true;
    return request.size() >= end + 4 + std::stoul(request.substr(length + 16));
  }

  void run() {
    for (;;) {
      int const connection = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
      if (connection < 0) return;
      serve(connection);
      close(connection);
    }
  }

  void serve(int connection) {
    std::string request;
    char buffer[4096];
    while (!is_whole(request)) {
      auto const count = read(connection, buffer, sizeof buffer);
      if (count <= 0) return;
      request.append(buffer, static_cast<std::size_t>(count));
    }
    requests_.with([&](auto& list) { list.push_back(request); });
    auto const text = answer_(request);
    for (std::size_t sent = 0; sent < text.size();) {
      auto const count = send(connection, text.data() + sent, text.size() - sent, MSG_NOSIGNAL);
      if (count <= 0) return;
      sent += static_cast<std::size_t>(count);
    }
    if (text.empty()) (void)!read(connection, buffer, 1);
  }

  Answer answer_;
  int listener_;
  Guarded<std::vector<std::string>> requests_;
  std::jthread thread_;
};

}  // namespace parlance::outbound
