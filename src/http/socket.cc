#include "http/socket.h"

#include <array>

namespace parlance::http {

Socket::Socket(std::unique_ptr<Readiness> readiness, std::unique_ptr<Transport> transport)
    : readiness_(std::move(readiness)), transport_(std::move(transport)) {}

IoResult Socket::drain(OutgoingQueue& queue) {
  std::array<iovec, 256> pieces;
  std::size_t written = 0;
  while (!queue.empty()) {
    auto const count = queue.gather(pieces);
    auto const result = transport_->write(std::span(pieces).first(count));
    if (result.status != IoStatus::done) return {result.status, written};
    queue.consume(result.bytes);
    written += result.bytes;
  }
  return {IoStatus::done, written};
}

void Socket::close() {
  transport_.reset();
  if (readiness_) readiness_->close();
  readiness_.reset();
}

}  // namespace parlance::http
