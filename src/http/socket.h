#pragma once

#include <memory>
#include <span>

#include "http/io_thread.h"
#include "http/outgoing_queue.h"
#include "http/transport.h"

namespace parlance::http {

/// One client's connection: its bytes and their readiness. Movable, so that a connection that becomes a stream hands it
/// over. I/O thread only.
class Socket {
 public:
  Socket(std::unique_ptr<Readiness> readiness, std::unique_ptr<Transport> transport);

  IoResult read(std::span<char> into) { return transport_->read(into); }
  IoResult write(std::span<iovec const> pieces) { return transport_->write(pieces); }

  /// Writes from `queue` until it is empty (done), or the client takes no more (would_block), or it is broken. `bytes`
  /// is what went out.
  IoResult drain(OutgoingQueue& queue);

  void wait_readable(std::shared_ptr<SocketListener> listener) { readiness_->wait_readable(std::move(listener)); }
  void wait_writable(std::shared_ptr<SocketListener> listener) { readiness_->wait_writable(std::move(listener)); }

  bool is_open() const { return transport_ != nullptr; }
  bool is_secure() const { return transport_ != nullptr && transport_->is_secure(); }
  void end_writes() { transport_->end_writes(); }
  void close();

 private:
  std::unique_ptr<Readiness> readiness_;
  std::unique_ptr<Transport> transport_;
};

}  // namespace parlance::http
