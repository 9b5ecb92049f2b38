#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

#include "base/executor.h"
#include "http/timer_wheel.h"

namespace parlance::http {

/// Hears when a socket can be read or written. Held alive by the waits that are pending.
class SocketListener {
 public:
  virtual ~SocketListener() = default;
  virtual void on_readable() = 0;
  virtual void on_writable() = 0;
};

/// Tells when one non-blocking descriptor is ready. Owns and closes it. I/O thread only.
class Readiness {
 public:
  virtual ~Readiness() = default;

  /// One call of the listener per wait; none after close().
  virtual void wait_readable(std::shared_ptr<SocketListener> listener) = 0;
  virtual void wait_writable(std::shared_ptr<SocketListener> listener) = 0;
  virtual int descriptor() const = 0;
  /// Ends the waits and closes the descriptor. Twice is fine.
  virtual void close() = 0;
};

/// Has something to write at the end of the current tick.
class Flushable {
 public:
  virtual ~Flushable() = default;
  virtual void flush() = 0;
};

/// One event loop with its timers: the Executor of everything that lives on its thread.
class IoThread : public Executor {
 public:
  static std::unique_ptr<IoThread> create();

  /// Runs the loop on the calling thread until stop().
  virtual void run() = 0;
  /// Any thread. The action in progress is the last one.
  virtual void stop() = 0;

  /// The rest: I/O thread only.
  virtual std::unique_ptr<Readiness> watch(int descriptor) = 0;
  virtual void arm(TimerWheel::Timer& timer, std::chrono::milliseconds delay) = 0;
  virtual void cancel(TimerWheel::Timer& timer) = 0;
  /// Calls `flush` once the actions that are ready now have run.
  virtual void flush_later(std::shared_ptr<Flushable> flushable) = 0;
  /// A buffer to read into, shared by all connections of the thread: what it holds lasts until control returns to the
  /// loop.
  virtual std::span<char> scratch() = 0;
  /// The Date field's value of this second.
  virtual std::string_view http_date() = 0;
};

}  // namespace parlance::http
