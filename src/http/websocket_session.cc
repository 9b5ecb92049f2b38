#include "http/websocket_session.h"

#include <algorithm>
#include <exception>
#include <utility>

#include "base/json.h"
#include "base/log.h"

namespace parlance::http {
namespace {

constexpr std::size_t kMaxInbox = 16;
constexpr std::chrono::milliseconds kCloseHandshake{2'000};
constexpr std::chrono::milliseconds kLastWord{5'000};
/// How long messages that came before the client's close may still be handled.
constexpr std::int64_t kInboxGrace = 5'000;

SharedBuffer goodbye(std::uint16_t code, std::string_view reason) {
  return shared_buffer(close_frame(static_cast<CloseCode>(code), reason));
}

}  // namespace

SharedBuffer shared_text_frame(std::string_view payload) { return shared_buffer(text_frame(payload)); }
SharedBuffer shared_binary_frame(std::string_view payload) { return shared_buffer(binary_frame(payload)); }

WebSocketSession::WebSocketSession(Worker& worker, Parts parts, WebSocketOptions const& options, std::string input)
    : LiveSocket(worker, std::move(parts), options.kind, options.queue_limit),
      decoder_(options.max_message_bytes),
      input_(std::move(input)),
      last_heard_(milliseconds_now()),
      last_ping_(last_heard_),
      ping_interval_(options.ping_interval),
      idle_timeout_(options.idle_timeout),
      slow_reader_code_(options.slow_reader_code),
      shutdown_code_(options.shutdown_code) {}

void WebSocketSession::open(Worker& worker, Parts parts, WebSocketUpgrade upgrade, std::string input) {
  auto const session = std::make_shared<WebSocketSession>(worker, std::move(parts), upgrade.options, std::move(input));
  session->begin();
  if (session->ending_) return;
  if (upgrade.on_open) upgrade.on_open(session);
  session->resume_input();
  if (worker.is_stopping()) session->begin_shutdown();
}

bool WebSocketSession::send(SharedBuffer frame) {
  if (ending_) return false;
  if (enqueue(std::move(frame))) return true;
  overflow();
  return false;
}

bool WebSocketSession::send_text(std::string_view payload) { return send(shared_text_frame(payload)); }
bool WebSocketSession::send_binary(std::string_view payload) { return send(shared_binary_frame(payload)); }
bool WebSocketSession::send_ping(std::string_view payload) { return send(shared_buffer(ping_frame(payload))); }

void WebSocketSession::close(std::uint16_t code, std::string_view reason, CloseReason why) {
  if (ending_) return;
  say_goodbye({code, std::string(reason), why});
}

void WebSocketSession::say_goodbye(Ending ending) {
  auto const kept = shared_from_this();
  enqueue_last(goodbye(ending.code, ending.reason));
  report(std::move(ending));
  // A client that has closed already has no more to say.
  end_later(is_reading_over_ ? LiveSocket::Ending::when_sent : LiveSocket::Ending::when_peer_ends, kCloseHandshake);
  resume_reading();
}

void WebSocketSession::overflow() {
  if (ending_) return;
  auto const kept = shared_from_this();
  Ending ending{slow_reader_code_, "slow reader", CloseReason::slow_reader};
  if (is_ended() || !drop_queue()) return break_off(std::move(ending));
  enqueue_last(goodbye(ending.code, ending.reason));
  report(std::move(ending));
  end_later(LiveSocket::Ending::when_sent, kLastWord);
}

void WebSocketSession::on_stalled() {
  if (ending_) return end_now();
  overflow();
}

void WebSocketSession::set_on_message(Handler handler) {
  on_message_ = handler ? std::make_shared<Handler>(std::move(handler)) : nullptr;
  pump();
}

void WebSocketSession::set_on_close(std::function<void(std::uint16_t, std::string, CloseReason)> action) {
  if (ending_) return action(ending_->code, ending_->reason, ending_->why);
  on_close_ = std::move(action);
}

void WebSocketSession::set_liveness(std::chrono::milliseconds ping_interval, std::chrono::milliseconds idle_timeout) {
  ping_interval_ = ping_interval;
  idle_timeout_ = idle_timeout;
  reschedule();
}

void WebSocketSession::begin_shutdown() {
  auto const kept = shared_from_this();
  if (auto const action = std::exchange(on_shutdown_, nullptr)) action();
  close(shutdown_code_, "server is shutting down", CloseReason::server_shutdown);
}

void WebSocketSession::abort() { break_off({1006, {}, CloseReason::server_shutdown}); }

bool WebSocketSession::wants_input() const {
  if (ending_) return true;  // Until the client closes, or patience ends.
  return !is_reading_over_ && inbox_.size() < kMaxInbox;
}

void WebSocketSession::on_input(std::string_view bytes) {
  last_heard_ = milliseconds_now();
  if (input_.empty()) return decode(bytes);
  input_.append(bytes);
  resume_input();
}

void WebSocketSession::resume_input() {
  auto const pending = std::exchange(input_, {});
  decode(pending);
  if (wants_input()) resume_reading();
}

void WebSocketSession::decode(std::string_view bytes) {
  auto const kept = shared_from_this();
  while (!bytes.empty() && !is_ended() && !is_reading_over_) {
    if (inbox_.size() >= kMaxInbox && !ending_) {
      input_.assign(bytes);
      return;
    }
    auto step = decoder_.next(bytes);
    if (!step) return fail(step.error());
    if (*step) take(std::move(**step));
  }
}

void WebSocketSession::take(WebSocketEvent event) {
  switch (event.kind) {
    case WebSocketEvent::Kind::ping: send(shared_buffer(pong_frame(event.payload))); return;
    case WebSocketEvent::Kind::pong:
      if (on_pong_ && !ending_) on_pong_(event.payload);
      return;
    case WebSocketEvent::Kind::close:
      if (ending_) return end_now();
      return client_ended(
          {static_cast<std::uint16_t>(event.close_code), std::move(event.payload), CloseReason::client_closed});
    case WebSocketEvent::Kind::text:
    case WebSocketEvent::Kind::binary:
      if (ending_) return;
      inbox_.push_back({std::move(event.payload), event.kind == WebSocketEvent::Kind::text});
      pump();
      return;
  }
}

void WebSocketSession::fail(WebSocketFailure const& failure) {
  is_reading_over_ = true;
  if (ending_) return end_now();
  auto const why =
      failure.code == CloseCode::message_too_big ? CloseReason::message_too_big : CloseReason::protocol_error;
  auto const kept = shared_from_this();
  Ending ending{static_cast<std::uint16_t>(failure.code), std::string(failure.reason), why};
  enqueue_last(goodbye(ending.code, ending.reason));
  report(std::move(ending));
  // What it still sends is read away, so that no reset overtakes the close frame.
  end_later(LiveSocket::Ending::when_peer_ends, kCloseHandshake);
}

void WebSocketSession::on_input_end() {
  is_reading_over_ = true;
  if (ending_) return end_now();
  client_ended({1006, {}, CloseReason::client_closed});
}

/// The messages that came before the end are handled first.
void WebSocketSession::client_ended(Ending ending) {
  is_reading_over_ = true;
  client_ending_ = std::make_unique<Ending>(std::move(ending));
  bool const is_idle = !is_running_ && (inbox_.empty() || !on_message_);
  if (is_idle) return answer_client_end();
  client_ending_deadline_ = milliseconds_now() + kInboxGrace;
  reschedule();
}

void WebSocketSession::answer_client_end() {
  auto const kept = shared_from_this();
  auto ending = std::move(*std::exchange(client_ending_, nullptr));
  if (ending_) return;
  if (ending.code == 1006) return break_off(std::move(ending));
  enqueue_last(goodbye(ending.code, ending.reason));
  report(std::move(ending));
  end_later(LiveSocket::Ending::when_sent, kLastWord);
}

void WebSocketSession::pump() {
  if (is_running_ || inbox_.empty() || !on_message_ || ending_) return;
  is_running_ = true;
  spawn(run(self()));
}

Task<void> WebSocketSession::run(std::shared_ptr<WebSocketSession> self) {
  while (!self->inbox_.empty() && self->on_message_) {
    bool const was_full = self->inbox_.size() >= kMaxInbox;
    auto message = std::move(self->inbox_.front());
    self->inbox_.erase(self->inbox_.begin());
    if (!co_await self->handle(std::move(message))) self->close(1011, "internal error", CloseReason::requested);
    if (was_full && !self->ending_) {
      self->executor().post([self] { self->resume_input(); });
    }
  }
  self->is_running_ = false;
  if (self->inbox_.empty()) std::vector<Message>().swap(self->inbox_);
  if (self->client_ending_) self->answer_client_end();
}

/// False where the handler threw.
Task<bool> WebSocketSession::handle(Message message) {
  auto const handler = on_message_;  // Held: it may be replaced while it runs.
  std::string what;
  try {
    co_await (*handler)(std::move(message.payload), message.is_text);
    co_return true;
  } catch (std::exception const& exception) {
    what = exception.what();
  } catch (...) {
    what = "something that is no std::exception";
  }
  std::string line;
  append_json_string(line, "a WebSocket handler threw: " + what);
  log::error("{}", line);
  co_return false;
}

void WebSocketSession::report(Ending ending) {
  if (ending_) return;
  ending_ = std::make_unique<Ending>(std::move(ending));
  client_ending_.reset();
  count_end(ending_->why);
  on_shutdown_ = nullptr;
  on_pong_ = nullptr;
  on_message_ = nullptr;
  inbox_.clear();
  std::string().swap(input_);
  if (auto const action = std::exchange(on_close_, nullptr)) action(ending_->code, ending_->reason, ending_->why);
}

void WebSocketSession::break_off(Ending ending) {
  auto const kept = shared_from_this();
  end_now();
  report(std::move(ending));
}

std::int64_t WebSocketSession::next_deadline() const {
  if (ending_) return 0;
  std::int64_t due = client_ending_deadline_;
  auto const consider = [&](std::int64_t time) { due = due == 0 ? time : std::min(due, time); };
  if (ping_interval_.count() > 0) consider(std::max(last_heard_, last_ping_) + ping_interval_.count());
  if (idle_timeout_.count() > 0) consider(last_heard_ + idle_timeout_.count());
  return due;
}

void WebSocketSession::check_deadline(std::int64_t now) {
  if (ending_) return;
  if (client_ending_) {
    if (now >= client_ending_deadline_) answer_client_end();
    return;
  }
  // While the inbox is full nothing is read, so silence is no sign of death.
  if (!wants_input()) last_heard_ = now;
  if (idle_timeout_.count() > 0 && now - last_heard_ >= idle_timeout_.count()) {
    return say_goodbye({1001, "idle timeout", CloseReason::idle_timeout});
  }
  if (ping_interval_.count() > 0 && now - std::max(last_heard_, last_ping_) >= ping_interval_.count()) {
    last_ping_ = now;
    send(shared_buffer(ping_frame()));
  }
}

}  // namespace parlance::http
