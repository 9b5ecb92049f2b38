// A closed-loop load of one kind of request: CONNECTIONS keep-alive connections on 127.0.0.1, each sending the next
// request, to any of the paths, as soon as it has the answer to the one before. One thread. Counts any status but
// EXPECTED as a failure.
//
//   bench_http_load PORT PATH_FILE BODY_FILE HEADER_FILE CONNECTIONS SECONDS EXPECTED_STATUS
//
// Prints one JSON line: requests a second, p50 and p99 in milliseconds, failures.

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <random>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;

std::string read_file(char const* path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

struct Connection {
  int socket = -1;
  std::string answer;
  Clock::time_point sent;
};

int connect_to(int port) {
  int const descriptor = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(descriptor, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
    fmt::print(stderr, "cannot connect to port {}\n", port);
    std::exit(1);
  }
  int const on = 1;
  setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  return descriptor;
}

/// The length of the whole answer at the front of `text`, 0 while it is not all there.
std::size_t answer_length(std::string_view text) {
  auto const head = text.find("\r\n\r\n");
  if (head == std::string_view::npos) return 0;
  auto const field = text.substr(0, head).find("Content-Length: ");
  std::size_t length = 0;
  if (field != std::string_view::npos) {
    auto const* digits = text.data() + field + 16;
    std::from_chars(digits, text.data() + head, length);
  }
  auto const whole = head + 4 + length;
  return text.size() >= whole ? whole : 0;
}

class Load {
 public:
  Load(int port, std::vector<std::string> requests, int connections, std::string expected)
      : requests_(std::move(requests)), expected_("HTTP/1.1 " + std::move(expected)), poll_(epoll_create1(0)) {
    connections_.resize(static_cast<std::size_t>(connections));
    for (std::size_t i = 0; i < connections_.size(); ++i) {
      connections_[i].socket = connect_to(port);
      epoll_event event{.events = EPOLLIN, .data = {.u64 = i}};
      epoll_ctl(poll_, EPOLL_CTL_ADD, connections_[i].socket, &event);
    }
  }

  void run(std::chrono::duration<double> limit) {
    start_ = Clock::now();
    end_ = start_ + std::chrono::duration_cast<Clock::duration>(limit);
    for (auto& connection : connections_) send(connection);
    std::vector<epoll_event> events(connections_.size());
    while (Clock::now() < end_) {
      int const ready = epoll_wait(poll_, events.data(), static_cast<int>(events.size()), 100);
      for (int i = 0; i < ready; ++i) receive(connections_[events[static_cast<std::size_t>(i)].data.u64]);
    }
    finish_ = Clock::now();
  }

  void report() {
    std::ranges::sort(micros_);
    auto const at = [&](double share) {
      if (micros_.empty()) return 0.0;
      return static_cast<double>(micros_[static_cast<std::size_t>(share * static_cast<double>(micros_.size() - 1))]) /
             1000;
    };
    std::chrono::duration<double> const elapsed = finish_ - start_;
    fmt::print(R"({{"per_second": {:.0f}, "p50_ms": {:.2f}, "p99_ms": {:.2f}, "failures": {}}})",
               static_cast<double>(micros_.size()) / elapsed.count(), at(0.5), at(0.99), failures_);
    fmt::print("\n");
  }

 private:
  void send(Connection& connection) {
    connection.sent = Clock::now();
    auto const& request = requests_[random_() % requests_.size()];
    if (write(connection.socket, request.data(), request.size()) != static_cast<ssize_t>(request.size())) {
      fmt::print(stderr, "a write fell short\n");
      std::exit(1);
    }
  }

  void receive(Connection& connection) {
    char buffer[16384];
    auto const size = read(connection.socket, buffer, sizeof buffer);
    if (size <= 0) {
      fmt::print(stderr, "the server closed a connection\n");
      std::exit(1);
    }
    connection.answer.append(buffer, static_cast<std::size_t>(size));
    auto const length = answer_length(connection.answer);
    if (length == 0) return;
    if (!connection.answer.starts_with(expected_)) ++failures_;
    connection.answer.erase(0, length);
    auto const took = std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - connection.sent).count();
    micros_.push_back(took);
    send(connection);
  }

  std::vector<std::string> requests_;
  std::minstd_rand random_;
  std::string expected_;
  int poll_;
  std::vector<Connection> connections_;
  std::vector<long> micros_;
  long failures_ = 0;
  Clock::time_point start_;
  Clock::time_point end_;
  Clock::time_point finish_;
};

}  // namespace

int main(int count, char** words) {
  if (count != 8) {
    fmt::print(stderr,
               "usage: bench_http_load PORT PATH_FILE BODY_FILE HEADER_FILE CONNECTIONS SECONDS EXPECTED_STATUS\n");
    return 2;
  }
  auto const body = read_file(words[3]);
  auto const headers = read_file(words[4]);
  std::vector<std::string> requests;
  std::istringstream paths(read_file(words[2]));
  for (std::string path; std::getline(paths, path);) {
    requests.push_back(fmt::format(
        "POST {} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n{}Content-Length: {}\r\n\r\n{}", path,
        headers, body.size(), body));
  }
  Load load(std::atoi(words[1]), std::move(requests), std::atoi(words[5]), words[7]);
  load.run(std::chrono::duration<double>(std::atof(words[6])));
  load.report();
  return 0;
}
