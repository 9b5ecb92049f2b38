#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <deque>
#include <memory>
#include <vector>

#include "api/event_source.h"
#include "api/services.h"
#include "base/executor.h"
#include "base/guarded.h"
#include "base/result.h"
#include "dialects/anytype/viewer.h"
#include "http/outlet.h"
#include "realtime/hub.h"
#include "realtime/stream.h"

namespace parlance::anytype {

class ChatStream;

/// What the streams of one I/O thread share, so that each of them stays small: one timer for all pings, one queue of
/// looks at the database. Executor's thread only.
class StreamDesk {
 public:
  StreamDesk(api::Services& services, api::LogSource& source, Executor& executor,
             std::chrono::milliseconds ping_interval);
  StreamDesk(StreamDesk const&) = delete;
  StreamDesk& operator=(StreamDesk const&) = delete;

  api::Services& services() { return services_; }
  realtime::EventSource& source() { return source_; }
  Executor& executor() { return executor_; }
  realtime::Hub& hub() { return hub_; }

  /// Pings the stream every ping_interval for as long as it lives.
  void keep_alive(std::weak_ptr<ChatStream> stream);

  /// Looks how the chat stands to the stream's user, and tells the stream (take_standpoint). A few dozen share one
  /// look, one look runs at a time, so however many streams wait, others get at the database too.
  void look(std::weak_ptr<ChatStream> stream);

  /// Calls flush_state() of the stream once everything that has been delivered in this tick has been sent.
  void flush_later(std::weak_ptr<ChatStream> stream);

  /// state_block(), encoded once for streams that ask one after the other and are told the same.
  http::SharedBuffer state_block_of(realtime::StreamPosition position, Viewer const& viewer);

 private:
  /// A stream's pings are a whole interval apart; all streams together are spread over it.
  static constexpr std::size_t kSlots = 10;

  /// All that the text of a state depends on.
  struct StateKey {
    realtime::StreamPosition position;
    std::int64_t order = 0;
    std::int64_t newest_offset = 0;
    core::Unread unread;
    friend bool operator==(StateKey const&, StateKey const&) = default;
  };

  void arm();
  void ping_slot();
  void flush();
  struct Look;
  using Batch = std::vector<Look>;
  void look_at_next();
  void take_answers(Batch& batch);
  void try_later(Batch const& batch, Error const& error);

  api::Services& services_;
  api::LogSource& source_;
  Executor& executor_;
  realtime::Hub& hub_;
  std::chrono::milliseconds const tick_;
  std::array<std::vector<std::weak_ptr<ChatStream>>, kSlots> slots_;
  std::size_t slot_ = 0;
  std::size_t pinged_streams_ = 0;
  bool is_armed_ = false;
  std::vector<std::weak_ptr<ChatStream>> dirty_;
  StateKey last_state_;
  http::SharedBuffer last_state_block_;
  std::deque<std::weak_ptr<ChatStream>> waiting_;
  bool is_looking_ = false;
};

/// The desk of each I/O thread, made when it is first asked for. Any thread; the desks are the executors' own.
class StreamDesks {
 public:
  StreamDesks(api::Services& services, std::chrono::milliseconds ping_interval);

  StreamDesk& of(Executor& executor);

 private:
  api::Services& services_;
  std::chrono::milliseconds const ping_interval_;
  api::LogSource source_;
  Guarded<std::vector<std::unique_ptr<StreamDesk>>> desks_;
};

}  // namespace parlance::anytype
