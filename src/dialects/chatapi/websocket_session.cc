#include "dialects/chatapi/websocket_session.h"

#include <fmt/format.h>

#include <utility>

#include "api/socket_rules.h"
#include "base/clock.h"
#include "dialects/chatapi/errors.h"
#include "dialects/chatapi/events.h"
#include "dialects/chatapi/websocket_commands.h"
#include "realtime/broker.h"

namespace parlance::chatapi {
namespace {

/// Typing signals of one connection: nobody types in more rooms at once.
constexpr api::Rate kTypingRate{.burst = 20, .per_second = 5};

constexpr std::uint16_t kUnsupportedData = 1003;
constexpr std::uint16_t kGoingAway = 1001;

bool puts_in(model::EventKind kind) {
  return kind == model::EventKind::member_added || kind == model::EventKind::conversation_created;
}
bool takes_out(model::EventKind kind) {
  return kind == model::EventKind::member_removed || kind == model::EventKind::member_left;
}

}  // namespace

Session::Session(api::Services& services, Options const& options, api::Identity identity, std::string request_id,
                 std::shared_ptr<http::WebSocket> socket)
    : services_(services),
      options_(options),
      identity_(api::LiveIdentity::make(services.authenticator, services.broker.hub(socket->executor()),
                                        std::move(identity))),
      request_id_(std::move(request_id)),
      socket_(std::move(socket)),
      feeds_(std::make_shared<RoomFeeds>(services_.reads, services_.broker.hub(socket_->executor()), caller(), *this,
                                         socket_)),
      typing_(kTypingRate, monotonic_now()) {}

void Session::open(ConnectionSlots::Slot slot) {
  slot_.emplace(std::move(slot));
  socket_->set_on_message([weak = weak_from_this()](std::string payload, bool is_text) {
    return receive(weak, std::move(payload), is_text);
  });
  socket_->set_on_shutdown([weak = weak_from_this()] {
    if (auto const self = weak.lock()) self->say_goodbye();
  });
  auto& hub = services_.broker.hub(executor());
  user_subscription_ = hub.subscribe_user(caller().tenant, caller().user, *this);
  presence_ = services_.presence.connect(caller().tenant, caller().user, caller().external_id);
  feeds_->start();
  identity_->watch(api::closing(socket_));
  // The socket keeps the session; last, since it may have ended already.
  socket_->set_on_close(
      [self = shared_from_this()](std::uint16_t, std::string const&, http::CloseReason) { self->end(); });
}

bool Session::may_signal_typing() { return typing_.take(monotonic_now()).allowed; }

void Session::on_event(realtime::Delivery const& delivery) {
  auto const self = shared_from_this();  // Sending may end the connection.
  auto const& event = delivery->event;
  bool const is_mine = event.subject == caller().user;
  if (is_mine && puts_in(event.kind)) return feeds_->add(event.conversation);
  if (is_mine && takes_out(event.kind)) return feeds_->remove(event.conversation);
  feeds_->on_event(delivery);
}

void Session::on_signal(realtime::SignalDelivery const& signal) {
  auto const self = shared_from_this();
  bool const is_own = signal->actor == caller().user;
  if (is_own && signal->kind != realtime::SignalKind::notification) return;
  socket_->send(signal_frame(signal));
}

void Session::on_doubt() {
  auto const self = shared_from_this();
  feeds_->on_doubt();
}

void Session::on_move(realtime::Moved const& move) {
  auto const self = shared_from_this();
  feeds_->on_move(move);
}

Task<void> Session::receive(std::weak_ptr<Session> weak, std::string payload, bool is_text) {
  auto const self = weak.lock();
  if (!self) co_return;
  if (!is_text) {
    self->socket_->close(kUnsupportedData, "only text frames are understood");
    co_return;
  }
  co_await self->answer(std::move(payload));
}

Task<void> Session::answer(std::string payload) {
  auto const frame = parse_frame(payload);
  auto id = frame && !frame->request_id.empty() ? frame->request_id : fmt::format("{}-{}", request_id_, ++frames_);
  auto outcome = Result<void>();
  if (!frame) {
    outcome = std::unexpected(frame.error());
  } else if (frame->type != "ping") {
    outcome = co_await api::LiveIdentity::renew(identity_);
    if (outcome) outcome = api::spend_request(identity_->current());
    if (outcome) outcome = co_await run_command(*this, *frame);
  }
  if (!outcome && socket_->is_open()) send_text(error_frame(outcome.error(), id));
}

void Session::say_goodbye() {
  JsonWriter out;
  out.begin_object().field("type", "server.shutdown");
  out.field("reconnect_after_ms", static_cast<std::int64_t>(options_.reconnect_after.count())).end_object();
  send_text(out.text());
  socket_->close(kGoingAway, "server shutdown", http::CloseReason::server_shutdown);
}

void Session::end() {
  identity_->stop();
  feeds_->stop();
  user_subscription_.cancel();
  presence_.close();
  slot_.reset();
}

}  // namespace parlance::chatapi
