#include "dialects/centrifugo/client.h"

#include <utility>

#include "api/chat_wire.h"
#include "api/realtime_tokens.h"
#include "base/clock.h"
#include "base/log.h"
#include "dialects/centrifugo/handlers.h"
#include "dialects/centrifugo/subscribing.h"
#include "realtime/broker.h"
#include "realtime/sight.h"

namespace parlance::centrifugo {
namespace {

/// Messages that may wait for those before them.
constexpr std::size_t kMaxInbox = 64;

constexpr std::uint16_t kStatusForm = 5;

/// A timer keeps the memory of a client that has gone, so none waits for as long as a subscription lasts.
constexpr Timestamp kLongestWait = kMinute;

bool takes_out(model::EventKind kind) {
  return kind == model::EventKind::member_removed || kind == model::EventKind::member_left;
}

}  // namespace

Client::Client(Gateway& gateway, api::Presented presented, std::shared_ptr<Transport> transport)
    : gateway_(gateway), presented_(std::move(presented)), transport_(std::move(transport)) {}

template <class Action>
void Client::later(std::chrono::milliseconds delay, Action action) {
  executor().call_after(delay, [weak = weak_from_this(), action = std::move(action)] {
    auto const self = weak.lock();
    if (self && self->is_open()) action(*self);
  });
}

void Client::start() {
  later(gateway_.options.connect_timeout, [](Client& self) {
    if (!self.is_connected() || self.has_failed_) self.close(disconnects::stale());
  });
}

Task<void> Client::receive(std::shared_ptr<Client> self, std::string message) {
  auto commands = decode_commands(message);
  if (!commands) {
    self->close(disconnects::bad_request());
    co_return;
  }
  for (auto& command : *commands) {
    if (!self->is_open()) co_return;
    co_await self->run(std::move(command));
  }
}

void Client::enqueue(std::string message) {
  if (has_ended_) return;
  if (inbox_.size() >= kMaxInbox) return close(disconnects::too_many_requests());
  inbox_.push_back(std::move(message));
  if (!std::exchange(is_draining_, true)) spawn(run_inbox(shared_from_this()));
}

Task<void> Client::run_inbox(std::shared_ptr<Client> self) {
  while (!self->inbox_.empty()) {
    auto message = std::move(self->inbox_.front());
    self->inbox_.pop_front();
    try {
      co_await receive(self, std::move(message));
    } catch (std::exception const& exception) {
      log::error("a command threw: {}", exception.what());
      self->close(disconnects::server_error());
    }
  }
  self->is_draining_ = false;
}

Task<void> Client::connect_once(std::shared_ptr<Client> self, Command request) {
  try {
    auto const outcome = co_await handle_connect(*self, request);
    if (!self->is_open()) co_return;
    if (outcome) {
      JsonWriter out;
      out.begin_object().field_raw("connect", *outcome).end_object();
      self->send_push(out.take());
      self->begin();
    } else if (auto const* why = std::get_if<Disconnect>(&outcome.error())) {
      self->close(*why);
    } else {
      bool const is_expired = std::get<Fault>(outcome.error()).code == faults::token_expired().code;
      self->close(is_expired ? disconnects::expired() : disconnects::server_error());
    }
  } catch (std::exception const& exception) {
    log::error("connecting threw: {}", exception.what());
    self->close(disconnects::server_error());
  }
}

Task<void> Client::run(Command command) {
  if (has_failed_ || (!is_connected() && command.kind != CommandKind::connect)) {
    close(disconnects::bad_request());
    co_return;
  }
  if (command.kind == CommandKind::pong) {
    take_pong();
    co_return;
  }
  auto outcome = co_await dispatch(command);
  if (is_open()) answer(command, std::move(outcome));
}

Task<Outcome<std::string>> Client::dispatch(Command const& command) {
  if (is_connected()) {
    auto const renewed = co_await api::LiveIdentity::renew(identity_);
    if (!is_open()) co_return drop(disconnects::connection_closed());
    if (!renewed) co_return refuse(faults::internal());
    if (!identity().tenant->bucket->take(monotonic_now()).allowed) co_return refuse(faults::too_many_requests());
  }
  switch (command.kind) {
    case CommandKind::connect:
      if (is_connected()) co_return drop(disconnects::bad_request());
      co_return co_await handle_connect(*this, command);
    case CommandKind::subscribe: co_return co_await handle_subscribe(*this, command);
    case CommandKind::unsubscribe: co_return co_await handle_unsubscribe(*this, command);
    case CommandKind::publish: co_return co_await handle_publish(*this, command);
    case CommandKind::presence: co_return co_await handle_presence(*this, command);
    case CommandKind::presence_stats: co_return co_await handle_presence_stats(*this, command);
    case CommandKind::history: co_return co_await handle_history(*this, command);
    case CommandKind::rpc: co_return co_await handle_rpc(*this, command);
    case CommandKind::refresh: co_return co_await handle_refresh(*this, command);
    case CommandKind::sub_refresh: co_return co_await handle_sub_refresh(*this, command);
    case CommandKind::send:  // Nothing here listens to what clients send without wanting an answer.
    case CommandKind::pong: co_return std::string();
  }
  co_return drop(disconnects::bad_request());
}

void Client::answer(Command const& command, Outcome<std::string> outcome) {
  static constexpr std::string_view kNames[] = {"",        "connect",  "subscribe",      "unsubscribe",
                                                "publish", "presence", "presence_stats", "history",
                                                "rpc",     "send",     "refresh",        "sub_refresh"};
  bool const is_connect = command.kind == CommandKind::connect;
  if (!outcome) {
    if (auto const* why = std::get_if<Disconnect>(&outcome.error())) return close(*why);
    has_failed_ = is_connect;
    if (command.id != 0) transport_->send_reply(error_text(command.id, std::get<Fault>(outcome.error())));
    return;
  }
  if (command.id == 0 || command.kind == CommandKind::send) return;
  transport_->send_reply(reply_text(command.id, kNames[static_cast<std::size_t>(command.kind)], *outcome));
  if (is_connect) begin();
}

void Client::close(Disconnect const& why) {
  if (has_ended_) return;
  auto const kept = shared_from_this();
  transport_->close(why);
  end();
}

void Client::end() {
  if (std::exchange(has_ended_, true)) return;
  auto const kept = shared_from_this();
  if (identity_) identity_->stop();
  user_subscription_.cancel();
  presence_.close();
  // Leaving is told by whoever is in the directory; this client hears nothing any more.
  auto const channels = std::exchange(channels_, {});
  entry_.clear();
  inbox_.clear();
}

void Client::admit(api::Identity identity, std::string info, bool has_token) {
  auto const grace = std::chrono::microseconds(gateway_.options.expired_grace).count();
  identity_ = api::LiveIdentity::make(gateway_.services.authenticator, gateway_.services.broker.hub(executor()),
                                      std::move(identity), grace);
  info_ = std::move(info);
  has_token_ = has_token;
  entry_ = gateway_.directory.add_client(handle());
  identity_->watch([weak = weak_from_this()](api::IdentityEnd why) {
    auto const self = weak.lock();
    if (self) self->close(why == api::IdentityEnd::expired ? disconnects::expired() : disconnects::invalid_token());
  });
}

void Client::begin() {
  auto& hub = gateway_.services.broker.hub(executor());
  user_subscription_ = hub.subscribe_user(caller().tenant, caller().user, *this);
  presence_ = gateway_.services.presence.connect(caller().tenant, caller().user, caller().external_id);
  if (gateway_.options.ping_interval.count() > 0)
    later(gateway_.options.ping_interval, [](Client& self) { self.ping(); });
}

void Client::take_pong() {
  if (!std::exchange(awaits_pong_, false)) close(disconnects::bad_request());
}

void Client::ping() {
  transport_->send_reply("{}");
  auto const& options = gateway_.options;
  if (!is_unidirectional()) {
    awaits_pong_ = true;
    later(options.pong_timeout, [](Client& self) {
      if (self.awaits_pong_) self.close(disconnects::no_pong());
    });
  }
  later(std::max(options.ping_interval, options.pong_timeout), [](Client& self) { self.ping(); });
}

Channel* Client::find_channel(std::string_view name) const {
  auto const found = channels_.find(name);
  return found == channels_.end() ? nullptr : found->second.get();
}

Channel* Client::add_channel(ChannelTerms terms) {
  auto name = terms.name.text;
  auto const [place, is_new] = channels_.try_emplace(std::move(name));
  if (!is_new) return nullptr;
  place->second = std::make_unique<Channel>(*this, std::move(terms));
  return place->second.get();
}

std::vector<std::string> Client::channel_names() const {
  std::vector<std::string> names;
  for (auto const& [name, channel] : channels_) names.push_back(name);
  return names;
}

bool Client::remove_channel(std::string_view name) {
  auto const found = channels_.find(name);
  if (found == channels_.end()) return false;
  auto const gone = std::move(found->second);
  channels_.erase(found);
  return true;
}

/// By value: the name may be the channel's own.
void Client::leave_channel(std::string name, Unsubscription const& why) {
  if (remove_channel(name)) send_push(unsubscribe_push(name, why));
}

void Client::watch_channel_end(std::string const& name) {
  auto* const channel = find_channel(name);
  if (channel == nullptr || channel->terms().ends_at == 0) return;
  auto const time = now();
  auto const grace = std::chrono::microseconds(gateway_.options.expired_grace).count();
  auto const next = std::min(channel->terms().ends_at + grace, time + kLongestWait);
  if (!channel->begin_wait(next)) return;
  // Rounded up, so that it is over then.
  auto const delay = std::chrono::milliseconds(std::max<std::int64_t>(0, (next - time + 999) / 1000));
  later(delay, [name, next, grace](Client& self) {
    auto* const found = self.find_channel(name);
    if (found == nullptr || !found->end_wait(next) || found->terms().ends_at == 0) return;
    if (found->terms().ends_at + grace > now()) return self.watch_channel_end(name);
    if (found->terms().is_server_side) return self.close(disconnects::subscription_expired());
    self.leave_channel(name, unsubscriptions::kExpired);
  });
}

void Client::on_event(realtime::Delivery const& delivery) {
  auto const& event = delivery->event;
  bool const is_own = realtime::may_blind_elsewhere(event, caller().user);
  // Somebody whose status is followed may share nothing with the user any more.
  bool const is_anothers =
      takes_out(event.kind) && find_channel(api::status_channel(event.subject_external_id)) != nullptr;
  if (!is_own && !is_anothers) return;
  if (is_own && takes_out(event.kind)) leave_channel(api::chat_channel(event.conversation), unsubscriptions::kServer);
  spawn(recheck_channels(shared_from_this()));
}

/// It may have been taken out of a chat.
void Client::on_doubt() { spawn(recheck_channels(shared_from_this())); }

/// Of the user: notifications. Of conversations shared with somebody whose status is followed: who comes and goes.
void Client::on_signal(realtime::SignalDelivery const& signal) {
  using enum realtime::SignalKind;
  switch (signal->kind) {
    case notification:
      // Every user has a channel name of its own, so the form is not shared.
      send_push(channel_push(api::user_channel(caller().external_id), "pub",
                             publication_text(api::chat_signal_json(*signal))));
      return;
    case user_online:
    case user_offline: {
      auto const name = api::status_channel(signal->actor_external_id);
      if (find_channel(name) != nullptr) send_push(signal_push(signal, name, kStatusForm));
      return;
    }
    case typing_started:
    case typing_stopped:
    case user_active: return;
  }
}

}  // namespace parlance::centrifugo
