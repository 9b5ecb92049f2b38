// Opens COUNT event streams on 127.0.0.1 and reads them for SECONDS. Prints one JSON line when all are open
// ("open": the count), and one at the end: how often MARKER came in a second, over all streams.
//
//   bench_sse_load PORT PATH HEADER_FILE COUNT SECONDS MARKER

#include <arpa/inet.h>
#include <fmt/format.h>
#include <sys/socket.h>

#include <cstdlib>
#include <fstream>
#include <iterator>

#include "sse_readers.h"

namespace {

int open_stream(int port, std::string const& request, int index) {
  int const descriptor = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in source{};
  source.sin_family = AF_INET;
  // One loopback address has too few ports for tens of thousands of connections.
  source.sin_addr.s_addr = htonl(INADDR_LOOPBACK + static_cast<std::uint32_t>(index / 20'000));
  bind(descriptor, reinterpret_cast<sockaddr*>(&source), sizeof source);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  bool const sent = connect(descriptor, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0 &&
                    write(descriptor, request.data(), request.size()) == static_cast<ssize_t>(request.size());
  char answer[4096];
  if (!sent || read(descriptor, answer, sizeof answer) < 12 || std::string_view(answer).substr(9, 3) != "200") {
    fmt::print(stderr, "stream {} was not opened\n", index);
    std::exit(1);
  }
  return descriptor;
}

}  // namespace

int main(int count, char** words) {
  if (count != 7) {
    fmt::print(stderr, "usage: bench_sse_load PORT PATH HEADER_FILE COUNT SECONDS MARKER\n");
    return 2;
  }
  lift_descriptor_limit();
  std::ifstream file(words[3], std::ios::binary);
  std::string const headers{std::istreambuf_iterator<char>(file), {}};
  auto const request =
      fmt::format("GET {} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/event-stream\r\n{}\r\n", words[2], headers);
  SseReaders readers(words[6]);
  int const streams = std::atoi(words[4]);
  for (int i = 0; i < streams; ++i) readers.add(open_stream(std::atoi(words[1]), request, i));
  fmt::print("{{\"open\": {}}}\n", streams);
  std::fflush(stdout);
  double const seconds = std::atof(words[5]);
  bool const whole = readers.run(std::chrono::duration<double>(seconds));
  fmt::print("{{\"per_second\": {:.0f}, \"closed_early\": {}}}\n", static_cast<double>(readers.count()) / seconds,
             !whole);
  return 0;
}
