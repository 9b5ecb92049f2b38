#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "api/identity.h"
#include "api/live_identity.h"
#include "base/result.h"
#include "core/caller.h"
#include "dialects/anytype/snapshots.h"
#include "dialects/anytype/stream_desk.h"
#include "dialects/anytype/viewer.h"
#include "dialects/anytype/wire.h"
#include "http/outlet.h"
#include "realtime/stream.h"

namespace parlance::anytype {

/// What a look at the database is to tell a stream.
struct StandpointRequest {
  core::Caller caller;
  ChatPath path;
  std::int64_t seq = 0;   ///< of a message that mentions the user: has it been read?
  std::int64_t hold = 0;  ///< which pause of the stream waits for the answer
};

/// One open `subscribe`: a chat's events as its user sees them, without a loss. It counts what is unread as messages
/// arrive, and looks at the database where counting is not enough; whatever may take the chat out of the user's sight
/// stops it until that look. Executor's thread only. The outlet keeps it alive until the outlet has closed.
class ChatStream final : public realtime::StreamListener,
                         public realtime::Subscriber,
                         public std::enable_shared_from_this<ChatStream> {
 public:
  struct Options {
    ChatPath path;
    std::int64_t limit = 0;  ///< messages in an `initial`
  };

  ChatStream(StreamDesk& desk, api::Identity identity, Options options, std::shared_ptr<http::Outlet> outlet);

  void open(Snapshot const& snapshot);

  // For the desk.
  void ping();
  void flush_state();
  StandpointRequest standpoint_request();
  void take_standpoint(StandpointRequest const& request, Standpoint standpoint);

 private:
  /// The part of a state that is worth an event where it changes.
  struct Told {
    core::Unread unread;
    std::int64_t newest_offset = 0;
    friend bool operator==(Told const&, Told const&) = default;
  };

  void on_stream_event(realtime::Delivery const& delivery) override;
  void on_stream_passing(realtime::Delivery const&) override {}
  void on_stream_signal(realtime::SignalDelivery const&) override {}
  void on_stream_end(realtime::StreamEnd end, realtime::StreamPosition current) override;
  void on_event(realtime::Delivery const& delivery) override;
  void on_signal(realtime::SignalDelivery const&) override {}
  void on_doubt() override;

  void begin(Snapshot const& snapshot);
  void begin_again();
  void take_snapshot(Result<void> const& outcome, Snapshot const& snapshot);
  void handle(realtime::Delivery const& delivery, bool has_unread_mention);
  void count(model::LiveEvent const& live);
  void count_added(model::LiveEvent const& live);
  bool needs_look_first(model::LiveEvent const& live) const;
  bool mentions_me(model::LiveEvent const& live) const;
  bool is_unread(model::LiveEvent const& live) const;
  void hold(realtime::Delivery const* delivery);
  void look();
  void send(http::SharedBuffer bytes);
  void slow_down();
  void check_room();
  void resume();
  void end();

  core::Caller const& caller() const { return identity_->current().caller; }

  StreamDesk& desk_;
  std::shared_ptr<api::LiveIdentity> const identity_;
  Options const options_;
  std::shared_ptr<http::Outlet> const outlet_;
  std::optional<realtime::Stream> stream_;
  realtime::Subscription user_subscription_;
  Viewer viewer_;
  realtime::StreamPosition sent_;           ///< everything up to it has been handed to the outlet
  Told told_;                               ///< as the client was told last
  std::optional<realtime::Delivery> held_;  ///< waits for a look
  std::int64_t hold_ = 0;                   ///< counts the pauses
  bool is_held_ = false;                    ///< paused until the answer to hold number hold_
  bool is_waiting_for_room_ = false;        ///< paused until the client has taken some of what waits
  bool is_state_dirty_ = false;
  bool is_looking_ = false;       ///< in the desk's queue
  bool must_look_again_ = false;  ///< something has changed since that look was queued
};

}  // namespace parlance::anytype
