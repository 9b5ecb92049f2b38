#include "dialects/anytype/chat_stream.h"

#include <algorithm>
#include <utility>

#include "base/log.h"
#include "core/users.h"
#include "dialects/anytype/events.h"
#include "realtime/sight.h"
#include "storage/read_pool.h"

namespace parlance::anytype {
namespace {

/// Bytes that a replay leaves waiting for the client: a quarter of an outlet's bound, so that it is never taken for a
/// slow reader because of what it has missed.
constexpr std::size_t kReplayQueueBytes = 256 << 10;

constexpr std::chrono::milliseconds kRoomInterval{100};

bool is_about_member(model::EventKind kind) {
  using enum model::EventKind;
  return kind == member_added || kind == member_removed || kind == member_left || kind == member_updated;
}

bool shows_message(model::EventKind kind) {
  using enum model::EventKind;
  return kind == message_added || kind == message_edited || kind == reaction_added || kind == reaction_removed;
}

}  // namespace

ChatStream::ChatStream(StreamDesk& desk, api::Identity identity, Options options, std::shared_ptr<http::Outlet> outlet)
    : desk_(desk),
      identity_(api::LiveIdentity::make(desk.services().authenticator, desk.hub(), std::move(identity))),
      options_(options),
      outlet_(std::move(outlet)) {}

void ChatStream::open(Snapshot const& snapshot) {
  user_subscription_ = desk_.hub().subscribe_user(caller().tenant, caller().user, *this);
  begin(snapshot);
  desk_.keep_alive(weak_from_this());
  if (stream_) hold(nullptr);  // What the user sees could have changed between the snapshot and the subscription.
  identity_->watch([weak = weak_from_this()](api::IdentityEnd) {
    if (auto const self = weak.lock()) self->outlet_->close(http::CloseReason::requested);
  });
  // The outlet keeps the stream; last, since it may have ended already.
  outlet_->on_close([self = shared_from_this()](http::CloseReason) { self->end(); });
}

void ChatStream::begin(Snapshot const& snapshot) {
  viewer_ = snapshot.viewer;
  told_ = {viewer_.unread, viewer_.newest_offset};
  sent_ = snapshot.position;
  auto bytes = initial_block(snapshot.start, sent_, viewer_, snapshot.messages, snapshot.flags);
  outlet_->set_queue_limit(bytes->size() + http::Outlet::kDefaultQueueLimit);
  send(std::move(bytes));
  if (!outlet_->is_open()) return;
  stream_.emplace(desk_.hub(), desk_.source(), caller().tenant, options_.path.chat, sent_, *this);
}

void ChatStream::on_stream_event(realtime::Delivery const& delivery) {
  auto const kept = shared_from_this();
  if (needs_look_first(*delivery)) return hold(&delivery);
  handle(delivery, true);
  slow_down();
}

/// `has_unread_mention` is of the event's message, where that mentions the user.
void ChatStream::handle(realtime::Delivery const& delivery, bool has_unread_mention) {
  auto const& event = delivery->event;
  count(*delivery);
  sent_ = {event.epoch, event.offset};
  if (event.message && !viewer_.may_see(event.seq)) return;
  MessageFlags flags;
  if (delivery->message) {
    flags = flags_of(*delivery->message, caller().user, viewer_.read, has_unread_mention);
  }
  if (auto block = event_block(delivery, flags)) send(std::move(block));
}

/// Brings the counters up to the event, or asks for them anew.
void ChatStream::count(model::LiveEvent const& live) {
  auto const& event = live.event;
  if (event.offset <= viewer_.position.offset) return;
  switch (event.kind) {
    case model::EventKind::message_added: return count_added(live);
    case model::EventKind::message_edited:
      if (viewer_.unread.mentions > 0 || mentions_me(live)) look();
      return;
    case model::EventKind::message_deleted:
      if (is_unread(live) || viewer_.unread.mentions > 0) look();
      return;
    case model::EventKind::read_moved:
      if (event.subject != caller().user) return;
      if (auto read = model::IntervalSet::parse(event.data)) viewer_.read = *std::move(read);
      return look();
    default: return;
  }
}

void ChatStream::count_added(model::LiveEvent const& live) {
  auto const& event = live.event;
  // Deleted by now, its sender's name and whom it mentioned are gone: the database knows what still counts.
  if (!live.message || live.message->deleted_at != 0) return look();
  auto& unread = viewer_.unread;
  if (live.message->sender != caller().user) {
    ++unread.messages;
    if (unread.oldest_message_seq == 0) unread.oldest_message_seq = event.seq;
  }
  if (mentions_me(live)) {
    ++unread.mentions;
    if (unread.oldest_mention_seq == 0) unread.oldest_mention_seq = event.seq;
  }
  viewer_.newest_offset = event.offset;
  viewer_.position.offset = event.offset;
  if (!std::exchange(is_state_dirty_, true)) desk_.flush_later(weak_from_this());
}

/// True where the event may take the chat out of the user's sight, or shows a message whose mention may have been read.
bool ChatStream::needs_look_first(model::LiveEvent const& live) const {
  auto const& event = live.event;
  if (realtime::may_blind(event, caller().user)) return true;
  if (is_about_member(event.kind)) return event.subject == caller().user;
  if (!shows_message(event.kind) || !mentions_me(live)) return false;
  bool const is_new = event.kind == model::EventKind::message_added && event.offset > viewer_.position.offset;
  return !is_new;
}

bool ChatStream::mentions_me(model::LiveEvent const& live) const {
  if (!live.message) return false;
  auto const& mentions = live.message->mentions;
  return std::ranges::find(mentions, caller().user) != mentions.end();
}

bool ChatStream::is_unread(model::LiveEvent const& live) const {
  auto const seq = live.event.seq;
  bool const is_own = live.message && live.message->sender == caller().user;
  return !is_own && viewer_.may_see(seq) && !viewer_.read.contains(seq);
}

/// Stops the stream until a look that begins from now on. `delivery`, where there is one, is handled then.
void ChatStream::hold(realtime::Delivery const* delivery) {
  if (delivery != nullptr) held_ = *delivery;
  ++hold_;
  is_held_ = true;
  stream_->pause();
  look();
}

void ChatStream::look() {
  if (is_looking_) {
    must_look_again_ = true;
    return;
  }
  is_looking_ = true;
  desk_.look(weak_from_this());
}

StandpointRequest ChatStream::standpoint_request() {
  must_look_again_ = false;
  auto const seq = held_ && (*held_)->event.message ? (*held_)->event.seq : 0;
  return {.caller = caller(), .path = options_.path, .seq = seq, .hold = hold_};
}

void ChatStream::take_standpoint(StandpointRequest const& request, Standpoint standpoint) {
  auto const kept = shared_from_this();
  is_looking_ = false;
  if (!outlet_->is_open()) return;
  if (!standpoint.may_see) return outlet_->close(http::CloseReason::requested);
  if (standpoint.viewer.position.epoch == sent_.epoch) {
    viewer_ = std::move(standpoint.viewer);
    if (!std::exchange(is_state_dirty_, true)) desk_.flush_later(weak_from_this());
  }
  if (must_look_again_) look();
  if (!is_held_ || request.hold != hold_) return;
  is_held_ = false;
  if (auto const held = std::exchange(held_, std::nullopt)) handle(*held, standpoint.has_unread_mention);
  resume();
}

void ChatStream::flush_state() {
  is_state_dirty_ = false;
  // The look in progress knows better, and comes here again.
  if (is_looking_ || !outlet_->is_open()) return;
  Told const now{viewer_.unread, viewer_.newest_offset};
  if (std::exchange(told_, now) == now) return;
  send(desk_.state_block_of(sent_, viewer_));
}

void ChatStream::ping() {
  if (outlet_->queued_bytes() == 0) outlet_->set_queue_limit(http::Outlet::kDefaultQueueLimit);
  send(ping_block());
}

/// Waits for a client that takes a replay slower than the log gives it. A live one that lags is the outlet's to end.
void ChatStream::slow_down() {
  if (!stream_ || is_held_ || is_waiting_for_room_ || stream_->is_live()) return;
  if (outlet_->queued_bytes() <= kReplayQueueBytes) return;
  is_waiting_for_room_ = true;
  stream_->pause();
  desk_.executor().post([weak = weak_from_this()] {
    if (auto const self = weak.lock()) self->check_room();
  });
}

void ChatStream::check_room() {
  if (!outlet_->is_open()) return;
  if (outlet_->queued_bytes() <= kReplayQueueBytes / 2) {
    is_waiting_for_room_ = false;
    return resume();
  }
  desk_.executor().call_after(kRoomInterval, [weak = weak_from_this()] {
    if (auto const self = weak.lock()) self->check_room();
  });
}

void ChatStream::resume() {
  if (stream_ && !is_held_ && !is_waiting_for_room_) stream_->resume();
}

void ChatStream::on_event(realtime::Delivery const& delivery) {
  auto const kept = shared_from_this();
  if (stream_ && realtime::may_blind_elsewhere(delivery->event, caller().user)) hold(nullptr);
}

void ChatStream::on_doubt() {
  auto const kept = shared_from_this();
  if (stream_) hold(nullptr);
}

void ChatStream::on_stream_end(realtime::StreamEnd end, realtime::StreamPosition) {
  auto const kept = shared_from_this();
  if (end == realtime::StreamEnd::reset) return begin_again();
  log::warn("a chat stream is closed: its log cannot be read");
  outlet_->close(http::CloseReason::requested);
}

void ChatStream::begin_again() {
  auto const snapshot = std::make_shared<Snapshot>();
  desk_.services().reads.submit(
      [caller = caller(), options = options_, snapshot](storage::Transaction& tx) -> Result<void> {
        auto const as_now = TRY(core::caller_now(tx, caller));
        *snapshot = TRY(read_snapshot(tx, as_now, options.path, options.limit, Start::reset));
        return {};
      },
      [weak = weak_from_this(), &executor = desk_.executor(), snapshot](Result<void> outcome) {
        executor.post([weak, snapshot, outcome = std::move(outcome)] {
          if (auto const self = weak.lock()) self->take_snapshot(outcome, *snapshot);
        });
      });
}

void ChatStream::take_snapshot(Result<void> const& outcome, Snapshot const& snapshot) {
  if (!outlet_->is_open()) return;
  if (!outcome) return outlet_->close(http::CloseReason::requested);
  held_.reset();
  is_held_ = is_waiting_for_room_ = false;
  begin(snapshot);
}

void ChatStream::send(http::SharedBuffer bytes) { outlet_->send(std::move(bytes)); }

void ChatStream::end() {
  identity_->stop();
  stream_.reset();
  user_subscription_.cancel();
  held_.reset();
}

}  // namespace parlance::anytype
