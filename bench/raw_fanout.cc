// The limit that fan-out is measured against: one thread writes the same SIZE bytes to each of COUNT loopback sockets
// in turn, GATHER frames to a write; another reads and counts them, as bench_sse_load does. No server, no HTTP. Prints
// deliveries a second.
//
//   bench_raw_fanout COUNT SIZE GATHER SECONDS

#include <arpa/inet.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>

#include <atomic>
#include <cstdlib>
#include <thread>

#include "sse_readers.h"

namespace {

int listen_on_loopback(sockaddr_in& address) {
  int const listener = socket(AF_INET, SOCK_STREAM, 0);
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  bind(listener, reinterpret_cast<sockaddr*>(&address), size);
  listen(listener, 4096);
  getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size);
  return listener;
}

void write_all(int socket, std::string const& bytes, std::atomic<bool> const& done) {
  std::size_t sent = 0;
  while (sent < bytes.size() && !done) {
    auto const size = send(socket, bytes.data() + sent, bytes.size() - sent, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (size > 0) {
      sent += static_cast<std::size_t>(size);
      continue;
    }
    pollfd wait{.fd = socket, .events = POLLOUT};
    poll(&wait, 1, 10);
  }
}

}  // namespace

int main(int count, char** words) {
  if (count != 5) {
    fmt::print(stderr, "usage: bench_raw_fanout COUNT SIZE GATHER SECONDS\n");
    return 2;
  }
  lift_descriptor_limit();
  int const streams = std::atoi(words[1]);
  std::string frame(static_cast<std::size_t>(std::atoi(words[2])), 'x');
  frame.replace(0, 4, "mark");
  std::string gathered;
  for (int i = 0; i < std::atoi(words[3]); ++i) gathered += frame;
  sockaddr_in address{};
  int const listener = listen_on_loopback(address);
  SseReaders readers("mark");
  std::vector<int> writers;
  for (int i = 0; i < streams; ++i) {
    int const descriptor = socket(AF_INET, SOCK_STREAM, 0);
    if (connect(descriptor, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) return 1;
    writers.push_back(accept(listener, nullptr, nullptr));
    readers.add(descriptor);
  }
  std::atomic<bool> done = false;
  std::thread writer([&] {
    while (!done) {
      for (int const socket : writers) write_all(socket, gathered, done);
    }
  });
  double const seconds = std::atof(words[4]);
  readers.run(std::chrono::duration<double>(seconds));
  done = true;
  writer.join();
  fmt::print("{:.0f}\n", static_cast<double>(readers.count()) / seconds);
  return 0;
}
