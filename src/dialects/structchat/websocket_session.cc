#include "dialects/structchat/websocket_session.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "api/await.h"
#include "api/socket_rules.h"
#include "base/clock.h"
#include "dialects/structchat/live_exchange.h"
#include "http/describe.h"
#include "realtime/broker.h"

namespace parlance::structchat {
namespace {

constexpr std::uint16_t kGoingAway = 1001;
constexpr std::uint16_t kUnsupportedData = 1003;

}  // namespace

Session::Session(Gateway& gateway, api::Identity identity, std::shared_ptr<http::WebSocket> socket)
    : gateway_(gateway),
      identity_(api::LiveIdentity::make(gateway.services.authenticator, gateway.services.broker.hub(socket->executor()),
                                        std::move(identity))),
      socket_(std::move(socket)),
      desk_(gateway.live->desk(socket_->executor())) {}

void Session::open() {
  socket_->set_on_message([weak = weak_from_this()](std::string payload, bool is_text) {
    return receive(weak, std::move(payload), is_text);
  });
  socket_->set_on_shutdown([weak = weak_from_this()] {
    if (auto const self = weak.lock()) self->say_goodbye();
  });
  gateway_.live->enter(caller().tenant, executor());
  desk_->join(*this);
  identity_->watch(api::closing(socket_));
  // The socket keeps the session; last, since it may have ended already.
  socket_->set_on_close(
      [self = shared_from_this()](std::uint16_t, std::string const&, http::CloseReason) { self->end(); });
}

/// A quarter of the bound, so that the longest thread still fits.
bool Session::has_room() const { return socket_->queued_bytes() <= gateway_.options.queue_limit / 4; }

void Session::tell_moved(std::vector<MovedThread> const& moved, std::vector<ConversationId> const& asked) {
  std::vector<ConversationId> later;
  for (auto const& thread : moved) {
    bool const is_asked = std::ranges::find(asked, thread.id) != asked.end();
    bool const is_known = watch_.knows(thread.id);
    // Forgotten since it was looked up: it comes whole, by the next activity or when the feed is loaded again.
    if (!is_known && thread.data.empty()) continue;
    if (!is_asked) continue;
    if (!has_room()) {
      later.push_back(thread.id);
    } else if (watch_.tell(thread.id, thread.active_at)) {
      auto const data = is_known ? std::string_view() : std::string_view(thread.data);
      if (!socket_->send_text(move_frame(thread.id, ++update_id_, data))) return;
    }
  }
  watch_.put_back(later);
}

void Session::tell_presence(PresenceStatus status, std::vector<UserId> const& users) {
  socket_->send_text(presence_frame(status, ++update_id_, users));
}

void Session::tell_reset() {
  if (watch_.feed() != 0) socket_->send_text(reset_frame(++update_id_));
}

void Session::lose_feed(Error const& error) {
  watch_.stop();
  socket_->send_text(error_frame(error, "/feed"));
}

Task<void> Session::receive(std::weak_ptr<Session> weak, std::string payload, bool is_text) {
  auto const self = weak.lock();
  if (!self || self->has_ended_) co_return;
  if (!is_text) {
    self->socket_->close(kUnsupportedData, "only text frames are understood");
    co_return;
  }
  co_await self->answer(payload);
}

Task<void> Session::answer(std::string_view payload) {
  auto const frame = parse_frame(payload);
  auto outcome = Result<void>();
  if (!frame) {
    outcome = std::unexpected(frame.error());
  } else {
    outcome = co_await api::LiveIdentity::renew(identity_);
    if (outcome) outcome = api::spend_request(identity_->current());
    if (outcome) outcome = co_await run(*frame);
  }
  if (!outcome && socket_->is_open())
    socket_->send_text(error_frame(outcome.error(), frame ? std::string_view(frame->path) : std::string_view()));
}

Task<Result<void>> Session::run(ClientFrame const& frame) {
  if (frame.path == "/presence") co_return mark_presence(frame.args);
  if (frame.path == "/feed") co_return co_await show_feed(frame.args);
  co_return invalid("path", "path must be /presence or /feed");
}

/// `/presence`: the user is there; with {"users": true} also who else is.
Result<void> Session::mark_presence(boost::json::value const& json) {
  auto const args = TRY(http::decode<PresenceArgs>(json));
  auto& live = *gateway_.live;
  live.mark_active(caller());
  if (args.users.value_or(false)) socket_->send_text(presence_list_frame(live.active_users(caller().tenant)));
  return {};
}

/// `/feed`: from now on the client is told of threads that come to the top of this feed, and no other.
Task<Result<void>> Session::show_feed(boost::json::value const& json) {
  auto const request = CO_TRY(read_feed_request(json));
  watch_.begin(request, desk_->log_end(caller().tenant));
  auto const start =
      co_await api::read(gateway_.services, executor(),
                         [&, caller = caller()](storage::Transaction& tx) { return start_feed(tx, caller, request); });
  if (has_ended_) co_return Result<void>();
  if (!start) {
    watch_.stop();
    co_return std::unexpected(start.error());
  }
  if (start->has_missed_too_much) tell_reset();
  watch_.ready(start->missed);
  desk_->wake();
  co_return Result<void>();
}

void Session::say_goodbye() {
  socket_->send_text(shutdown_frame(gateway_.options.reconnect_after.count()));
  socket_->close(kGoingAway, "server shutdown", http::CloseReason::server_shutdown);
}

void Session::end() {
  identity_->stop();
  has_ended_ = true;
  watch_.stop();
  desk_->leave(*this);
  gateway_.live->leave(caller().tenant);
}

}  // namespace parlance::structchat
