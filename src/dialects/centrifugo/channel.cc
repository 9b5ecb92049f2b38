#include "dialects/centrifugo/channel.h"

#include <atomic>
#include <chrono>
#include <utility>

#include "api/chat_wire.h"
#include "dialects/centrifugo/channel_log.h"
#include "dialects/centrifugo/client.h"
#include "dialects/centrifugo/subscribing.h"
#include "realtime/broker.h"
#include "realtime/sight.h"

namespace parlance::centrifugo {
namespace {

/// Bytes that a replay leaves waiting, well below the bound at which a reader counts as slow.
constexpr std::size_t kReplayBytes = 256 << 10;
constexpr std::chrono::milliseconds kReaderPoll{50};

/// Forms of signals, beside those of events in replies.cc.
constexpr std::uint16_t kTypingForm = 3;

}  // namespace

http::SharedBuffer signal_push(realtime::SignalDelivery const& signal, std::string_view channel,
                               std::uint16_t variant) {
  return signal.form({6, variant},
                     [&] { return channel_push(channel, "pub", publication_text(api::chat_signal_json(*signal))); });
}

Channel::Channel(Client& client, ChannelTerms terms) : client_(client), terms_(std::move(terms)) {}

void Channel::follow(ConversationId conversation, realtime::StreamPosition after, std::int64_t hidden_through) {
  hidden_through_ = hidden_through;
  auto& gateway = client_.gateway();
  auto& hub = gateway.services.broker.hub(client_.executor());
  stream_ = realtime::Stream(hub, gateway.source, client_.caller().tenant, conversation, after, *this);
  if (hold_ != 0) stream_->pause();
}

void Channel::follow_status(std::vector<ConversationId> const& shared, realtime::Subscriber& subscriber) {
  auto& hub = client_.gateway().services.broker.hub(client_.executor());
  for (auto const conversation : shared)
    status_.push_back(hub.subscribe(client_.caller().tenant, conversation, subscriber));
}

void Channel::enter(ClientInfo info) {
  place_ = client_.gateway().directory.enter(client_.handle(), terms_.name.text, std::move(info), terms_.presence);
}

bool Channel::takes_client_out(model::Event const& event) const {
  using enum model::EventKind;
  bool const takes_out = event.kind == member_removed || event.kind == member_left;
  return takes_out && terms_.name.kind == ChannelKind::chat && event.subject == client_.caller().user;
}

void Channel::on_stream_event(realtime::Delivery const& delivery) {
  auto const& event = delivery->event;
  if (takes_client_out(event)) return client_.leave_channel(terms_.name.text, unsubscriptions::kServer);
  if (depends_on_sight() && realtime::may_blind(event, client_.caller().user)) {
    held_ = delivery;
    return spawn(recheck_channels(client_.shared_from_this()));
  }
  if (!is_hidden(event, hidden_through_)) pass_on(delivery);
  slow_down();
}

void Channel::on_stream_passing(realtime::Delivery const& delivery) {
  if (hold_ == 0 && !is_hidden(delivery->event, hidden_through_)) pass_on(delivery);
}

std::uint64_t Channel::hold() {
  // Of all channels, so that none is taken for that of an earlier channel by the same name.
  static std::atomic<std::uint64_t> last = 0;
  hold_ = ++last;
  if (stream_) stream_->pause();
  return hold_;
}

void Channel::release(std::uint64_t hold) {
  if (hold_ != hold) return;
  hold_ = 0;
  if (auto const held = std::exchange(held_, std::nullopt)) {
    auto const& client = client_;
    pass_on(*held);
    if (!client.is_open()) return;  // And this has gone with it.
    slow_down();
  }
  resume();
}

void Channel::pass_on(realtime::Delivery const& delivery) {
  auto push = event_push(delivery, terms_.name.text);
  if (!push) return;
  auto frame = client_.wants_frames() ? event_frame(delivery, push) : nullptr;
  client_.send({std::move(push), true, std::move(frame)});
}

void Channel::slow_down() {
  if (!stream_->is_live() && client_.waiting_bytes() > kReplayBytes) wait_for_reader();
}

void Channel::wait_for_reader() {
  is_waiting_for_reader_ = true;
  stream_->pause();
  auto again = [handle = client_.handle(), name = terms_.name.text, this] {
    auto const client = handle.client.lock();
    // The channel may have gone, or another one have come by its name.
    if (!client || client->find_channel(name) != this) return;
    if (client->waiting_bytes() > kReplayBytes) return wait_for_reader();
    is_waiting_for_reader_ = false;
    resume();
  };
  client_.executor().call_after(kReaderPoll, std::move(again));
}

void Channel::resume() {
  if (stream_ && hold_ == 0 && !is_waiting_for_reader_) stream_->resume();
}

void Channel::on_stream_signal(realtime::SignalDelivery const& signal) {
  if (hold_ != 0) return;
  bool const is_typing =
      signal->kind == realtime::SignalKind::typing_started || signal->kind == realtime::SignalKind::typing_stopped;
  if (!is_typing || terms_.name.kind != ChannelKind::chat || signal->actor == client_.caller().user) return;
  client_.send_push(signal_push(signal, terms_.name.text, kTypingForm));
}

void Channel::on_stream_end(realtime::StreamEnd, realtime::StreamPosition) {
  if (terms_.is_server_side) return client_.close(disconnects::insufficient_state());
  client_.leave_channel(terms_.name.text, unsubscriptions::kInsufficientState);
}

}  // namespace parlance::centrifugo
