#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "api/identity.h"
#include "api/live_identity.h"
#include "api/services.h"
#include "api/token_bucket.h"
#include "dialects/chatapi/connection_slots.h"
#include "dialects/chatapi/room_feeds.h"
#include "dialects/chatapi/routes.h"
#include "http/websocket.h"
#include "realtime/hub.h"
#include "realtime/presence.h"

namespace parlance::chatapi {

/// One WebSocket of one user: what the user is sent (its rooms, and what is meant for the user alone), and what the
/// client's frames do. Lives until its connection ends. Executor's thread.
class Session final : public realtime::Subscriber, public std::enable_shared_from_this<Session> {
 public:
  Session(api::Services& services, Options const& options, api::Identity identity, std::string request_id,
          std::shared_ptr<http::WebSocket> socket);

  /// Takes up the connection. `slot` is held until it ends.
  void open(ConnectionSlots::Slot slot);

  // What the commands stand on.
  api::Services& services() const { return services_; }
  /// As it is now: keep a copy over whatever is awaited.
  core::Caller const& caller() const { return identity_->current().caller; }
  Executor& executor() const { return socket_->executor(); }
  RoomFeeds& feeds() { return *feeds_; }
  void send_text(std::string_view payload) { socket_->send_text(payload); }
  /// False where typing signals come faster than anybody types.
  bool may_signal_typing();

 private:
  void on_event(realtime::Delivery const& delivery) override;
  void on_signal(realtime::SignalDelivery const& signal) override;
  void on_doubt() override;
  void on_move(realtime::Moved const& move) override;

  static Task<void> receive(std::weak_ptr<Session> weak, std::string payload, bool is_text);
  Task<void> answer(std::string payload);
  void say_goodbye();
  void end();

  api::Services& services_;
  Options const options_;
  std::shared_ptr<api::LiveIdentity> const identity_;
  std::string const request_id_;
  std::shared_ptr<http::WebSocket> const socket_;
  std::shared_ptr<RoomFeeds> const feeds_;
  api::TokenBucket typing_;
  realtime::Subscription user_subscription_;
  realtime::Presence::Connection presence_;
  std::optional<ConnectionSlots::Slot> slot_;
  std::int64_t frames_ = 0;  ///< received so far: numbers the error frames
};

}  // namespace parlance::chatapi
