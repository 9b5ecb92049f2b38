#pragma once

#include <atomic>
#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "http/io_thread.h"
#include "http/metrics.h"
#include "http/pipeline.h"
#include "http/router.h"
#include "http/server.h"
#include "http/transport.h"

namespace parlance::http {

class Worker;

/// A connection or stream that its worker knows of, from construction to release(). The intrusive list costs no memory.
class Peer : public SocketListener, public std::enable_shared_from_this<Peer> {
 public:
  explicit Peer(Worker& worker);
  ~Peer() override { release(); }
  Peer(Peer const&) = delete;
  Peer& operator=(Peer const&) = delete;

  /// The server begins to stop: end as soon as decency allows.
  virtual void begin_shutdown() = 0;
  /// The drain is over: end now, and leave the list.
  virtual void abort() = 0;

 protected:
  Worker& worker() const { return *worker_; }
  /// Leaves the worker's list; the worker may stop once all have left.
  void release();

 private:
  friend class Worker;
  Worker* worker_;
  Peer* previous_ = nullptr;
  Peer* next_ = nullptr;
  bool is_listed_ = true;
};

/// What all workers of a server share.
struct ServerShared {
  ServerShared(ServerOptions settings, Router const& routes, Pipeline const& way, Metrics& registry);

  ServerOptions options;
  Router const& router;
  Pipeline const& pipeline;
  Metrics& metrics;
  std::shared_ptr<TlsContext> tls;  // null for plain
  std::atomic<std::size_t> connections = 0;
  Gauge& open_connections;
  Counter& received_bytes;
  Counter& sent_bytes;
  Counter& refused_connections;
};

/// One of the connections that the limit counts; gives its place back when destroyed.
struct ReturnPlace {
  void operator()(ServerShared* shared) const;
};
using ConnectionPlace = std::unique_ptr<ServerShared, ReturnPlace>;
ConnectionPlace take_place(ServerShared& shared);

/// One I/O thread's share of the server: its listening socket and its peers. I/O thread only.
class Worker final : public SocketListener, public std::enable_shared_from_this<Worker> {
 public:
  Worker(ServerShared& shared, IoThread& io) : shared_(shared), io_(io) {}

  /// Takes over a bound, listening, non-blocking socket.
  void listen(int descriptor);
  /// Stops accepting and lets every peer end.
  void begin_shutdown();
  /// Ends every peer and gives up the listening socket.
  void abort_all();
  /// Any thread.
  std::size_t peer_count() const { return peer_count_.load(std::memory_order_relaxed); }
  bool is_stopping() const { return is_stopping_; }

  ServerShared& shared() { return shared_; }
  ServerOptions const& options() const { return shared_.options; }
  IoThread& io() { return io_; }

  /// Streams of that kind that are open, and how they end.
  Gauge& open_streams(std::string_view kind);
  void count_close(std::string_view kind, CloseReason reason);

 private:
  friend class Peer;

  void on_readable() override;
  void on_writable() override {}
  void accept(int descriptor, std::string remote_address);
  void pause_accepting();
  std::vector<std::shared_ptr<Peer>> all_peers() const;
  void refuse(int descriptor);

  ServerShared& shared_;
  IoThread& io_;
  std::unique_ptr<Readiness> listener_;
  Peer* peers_ = nullptr;
  std::atomic<std::size_t> peer_count_ = 0;  // written by this thread only
  bool is_stopping_ = false;
  std::map<std::string, Gauge*, std::less<>> gauges_;
};

}  // namespace parlance::http
