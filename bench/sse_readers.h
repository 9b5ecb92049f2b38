#pragma once

#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// Reads many sockets in one thread and counts how often a marker passes by on each, also across reads.
class SseReaders {
 public:
  explicit SseReaders(std::string marker) : marker_(std::move(marker)), poll_(epoll_create1(0)) {}
  ~SseReaders() { close(poll_); }
  SseReaders(SseReaders const&) = delete;
  SseReaders& operator=(SseReaders const&) = delete;

  void add(int socket) {
    fcntl(socket, F_SETFL, fcntl(socket, F_GETFL) | O_NONBLOCK);
    epoll_event event{.events = EPOLLIN, .data = {.u64 = tails_.size()}};
    epoll_ctl(poll_, EPOLL_CTL_ADD, socket, &event);
    sockets_.push_back(socket);
    tails_.emplace_back();
  }

  /// Reads until `limit` has passed. False where a socket was closed by the other side.
  bool run(std::chrono::duration<double> limit) {
    auto const end = std::chrono::steady_clock::now() + limit;
    std::vector<epoll_event> events(1024);
    while (std::chrono::steady_clock::now() < end) {
      int const ready = epoll_wait(poll_, events.data(), static_cast<int>(events.size()), 50);
      for (int i = 0; i < ready; ++i) {
        if (!drain(events[static_cast<std::size_t>(i)].data.u64)) return false;
      }
    }
    return true;
  }

  std::int64_t count() const { return count_; }

 private:
  bool drain(std::size_t index) {
    char buffer[65536];
    auto const size = read(sockets_[index], buffer, sizeof buffer);
    if (size == 0) return false;
    if (size < 0) return true;
    auto& tail = tails_[index];
    tail.append(buffer, static_cast<std::size_t>(size));
    std::size_t at = 0;
    for (std::size_t found = 0; (found = tail.find(marker_, at)) != std::string::npos; at = found + marker_.size()) {
      ++count_;
    }
    tail.erase(0, std::max(at, tail.size() < marker_.size() ? 0 : tail.size() - marker_.size() + 1));
    return true;
  }

  std::string marker_;
  int poll_;
  std::vector<int> sockets_;
  std::vector<std::string> tails_;
  std::int64_t count_ = 0;
};

/// As many descriptors as the system allows.
inline void lift_descriptor_limit() {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}
