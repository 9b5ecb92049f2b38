#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/executor.h"
#include "base/result.h"
#include "http/metrics.h"
#include "http/pipeline.h"
#include "http/router.h"

namespace parlance::http {

struct ServerLimits {
  std::size_t request_line = 8 << 10;      ///< longer: 414
  std::size_t header_block = 32 << 10;     ///< longer, over all fields: 431
  std::size_t body = 1 << 20;              ///< longer: 413; a route may set its own
  std::size_t connections = 100'000;       ///< over all threads; beyond it a connection gets 503 and is closed
  std::size_t pipelined_bytes = 64 << 10;  ///< read ahead behind a request in progress; after that the socket waits
};

struct ServerTimeouts {
  std::chrono::milliseconds header{10'000};         ///< from the first byte to the end of the head: 408
  std::chrono::milliseconds body_progress{30'000};  ///< without a byte of the body: 408
  std::chrono::milliseconds keep_alive{75'000};     ///< idle between requests: closed
  std::chrono::milliseconds write_stall{30'000};    ///< the client takes nothing of what waits: closed
  std::chrono::milliseconds held_up{3'000};  ///< an I/O thread that comes to nothing new: not waited for at a stop
};

struct ServerOptions {
  std::string host = "127.0.0.1";  ///< an IPv4 or IPv6 address
  std::uint16_t port = 8080;       ///< 0 picks a free one; see Server::port
  int io_threads = 0;              ///< 0: as many as the hardware has
  std::string tls_certificate;     ///< PEM files; both or none
  std::string tls_key;
  ServerLimits limits;
  ServerTimeouts timeouts;
};

/// Listens, and hands every request to the pipeline. One I/O thread per core, each with its own listening socket
/// (SO_REUSEPORT); a connection lives and dies on one of them.
///
/// Whoever posts to its executors must have stopped before it is destroyed.
class Server {
 public:
  using Options = ServerOptions;

  /// Nothing runs yet, but the executors may be posted to. `router` (sealed), `pipeline` and `metrics` must outlive it.
  /// Errors: invalid_argument for a bad address or certificate.
  static Result<std::unique_ptr<Server>> create(Options options, Router const& router, Pipeline const& pipeline,
                                                Metrics& metrics);
  /// Stops without a drain, and waits for a thread that is held up.
  virtual ~Server() = default;

  /// Binds and starts the threads. unavailable where the address is taken. Once.
  virtual Result<void> start() = 0;

  /// The bound port, after start.
  virtual std::uint16_t port() const = 0;

  /// One per I/O thread, in a fixed order; valid as long as the server.
  virtual std::vector<Executor*> executors() const = 0;

  /// Stops accepting, lets each stream say goodbye (on_shutdown) and closes it with server_shutdown, closes idle
  /// connections, waits up to `patience` for requests in progress, then ends the rest. The threads go on, so that
  /// handlers whose clients are gone can end once what they wait for is there. A thread that something holds up is
  /// waited for no longer than that. Blocks; not from an I/O thread. Once; later calls return at once.
  virtual void drain(std::chrono::milliseconds patience) = 0;

  /// Ends the threads, after what has been posted to them before; drains without patience where that has not been done.
  /// False where something holds a thread up: none has ended then, what they refer to must stay, and it can be called
  /// again. Blocks; not from an I/O thread. Once it was true, later calls return at once.
  virtual bool stop() = 0;
};

}  // namespace parlance::http
