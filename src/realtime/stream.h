#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "base/ids.h"
#include "base/result.h"
#include "realtime/delivery.h"
#include "realtime/event_source.h"
#include "realtime/hub.h"

namespace parlance::realtime {

/// A place in a conversation's event stream. Offsets of different epochs cannot be compared.
struct StreamPosition {
  std::int64_t epoch = 0;  ///< 0 = whatever the current one is
  std::int64_t offset = 0;
  friend bool operator==(StreamPosition const&, StreamPosition const&) = default;
};

enum class StreamEnd {
  reset,        ///< the position is too old, ahead or of another epoch: start again from a snapshot
  unavailable,  ///< the log cannot be read: come back later with the last position
};

/// Whom a stream serves. Called on the hub's executor. Inside a call it may pause, resume and destroy the stream.
class StreamListener {
 public:
  /// The next event: its offset is the one before plus 1, always.
  virtual void on_stream_event(Delivery const& delivery) = 0;

  /// An event without an offset, or a signal: at most once, in no promised order to the others.
  virtual void on_stream_passing(Delivery const& delivery) = 0;
  virtual void on_stream_signal(SignalDelivery const& signal) = 0;

  /// Everything that was committed when the stream was opened has been delivered. Once, unless the stream ends before.
  virtual void on_stream_live() {}

  /// Nothing comes any more. `current` is the log's own position on a reset, the last delivered one otherwise.
  virtual void on_stream_end(StreamEnd end, StreamPosition current) = 0;

 protected:
  ~StreamListener() = default;
};

struct StreamOptions {
  /// Events that one read of the log asks for.
  std::int64_t page_limit = 200;

  /// Live events kept while the log is read or the stream is paused. What comes beyond is read from the log later.
  std::size_t pending_limit = 256;

  /// Failing reads in a row before the stream ends; the wait between them doubles from the first to 5 s.
  int read_attempts = 6;
  std::chrono::milliseconds first_wait{100};
};

/// One listener's gapless view of one conversation: from a position on, every event exactly once, in order, first from
/// the log, then live, and from the log again wherever the live feed has skipped something. Hub executor's thread.
class Stream {
 public:
  /// Subscribes at once and starts to read; nothing is delivered inside the constructor. The listener must outlive the
  /// stream; hub and source must outlive the executor's run.
  Stream(Hub& hub, EventSource& source, TenantId tenant, ConversationId conversation, StreamPosition after,
         StreamListener& listener, StreamOptions options = {});
  Stream(Stream&&) noexcept;
  Stream& operator=(Stream&&) noexcept;
  ~Stream();

  /// Nothing is delivered until resume() (signals and passing events excepted): for a listener whose queue is filling.
  /// Memory stays bounded however long that takes.
  void pause();
  void resume();

  /// Of the last event delivered. The epoch is 0 until it is known.
  StreamPosition position() const;
  bool is_live() const;

 private:
  class Core;
  std::shared_ptr<Core> core_;
};

}  // namespace parlance::realtime
