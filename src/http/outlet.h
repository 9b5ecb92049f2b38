#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>

#include "base/executor.h"
#include "http/close_reason.h"

namespace parlance::http {

/// Bytes that many connections may send at once; never changed after they are made.
using SharedBuffer = std::shared_ptr<std::string const>;

inline SharedBuffer shared_buffer(std::string bytes) { return std::make_shared<std::string const>(std::move(bytes)); }

/// Where the bytes of a live stream (server-sent events, streamed lines) go. All that is sent within one tick of the
/// executor leaves in one gathered write. The reply's end is the connection's end. Every call is on the executor's
/// thread.
///
/// The queue is bounded and never drops: a send that would pass its limit closes the stream with slow_reader.
class Outlet {
 public:
  static constexpr std::size_t kDefaultQueueLimit = 1 << 20;

  virtual ~Outlet() = default;

  /// Queues `bytes`. False where the stream is closed, or was closed by this call.
  virtual bool send(SharedBuffer bytes) = 0;

  /// Ends the stream after what is queued has left. on_close runs within this call. Later calls do nothing.
  virtual void close(CloseReason reason) = 0;

  /// `action` runs exactly once, when the stream ends for whatever reason; at once where it has ended. It may drop the
  /// last reference to this. A later call replaces the action.
  virtual void on_close(std::function<void(CloseReason)> action) = 0;

  /// `action` runs when the server begins to stop, so that a last event can be sent; after it the stream is closed with
  /// server_shutdown.
  virtual void on_shutdown(std::function<void()> action) = 0;

  virtual Executor& executor() const = 0;
  virtual bool is_open() const = 0;
  virtual std::size_t queued_bytes() const = 0;
  virtual void set_queue_limit(std::size_t bytes) = 0;
};

}  // namespace parlance::http
