#include "dialects/chatapi/room_feeds.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "api/lanes.h"
#include "base/log.h"
#include "core/backlogs.h"
#include "core/events.h"
#include "core/message_log.h"
#include "core/permissions.h"
#include "core/users.h"
#include "dialects/chatapi/events.h"
#include "realtime/sight.h"

namespace parlance::chatapi {
namespace {

constexpr std::int64_t kPageLimit = 50;
constexpr std::int64_t kChangeLimit = 200;

/// Bytes that a replay leaves waiting in the socket's queue: a quarter of the default bound, so that live events of
/// other rooms still fit.
constexpr std::size_t kReplayQueueBytes = 256 << 10;

Task<void> pause(Executor& executor, std::chrono::milliseconds delay) {
  co_await callback<bool>(executor, [&](auto resume) {
    executor.call_after(delay, [resume = std::move(resume)]() mutable { resume(true); });
  });
}

Task<void> yield(Executor& executor) {
  co_await callback<bool>(executor, [](auto resume) { resume(true); });
}

}  // namespace

/// A stretch of one room's log and where it ends.
struct RoomFeeds::LogPage {
  std::int64_t after = 0;
  std::vector<model::Message> messages;
  std::int64_t last_seq = 0;  ///< of the room
  std::int64_t visible_after = 0;
  bool is_joined = false;
  bool is_last = false;                   ///< of the messages
  std::vector<model::LiveEvent> changes;  ///< of messages up to `after`, in the events behind the room's offset
  std::int64_t through_offset = 0;        ///< where these end
  std::int64_t last_offset = 0;           ///< of the room's events
};

RoomFeeds::RoomFeeds(storage::ReadPool& reads, realtime::Hub& hub, core::Caller caller,
                     realtime::Subscriber& subscriber, std::shared_ptr<http::WebSocket> socket)
    : reads_(reads), hub_(hub), caller_(std::move(caller)), subscriber_(subscriber), socket_(std::move(socket)) {}

void RoomFeeds::start() {
  is_list_due_ = true;
  wake();
}

void RoomFeeds::add(ConversationId id) {
  if (has_stopped_) return;
  if (auto* const room = find(id)) return fall_behind(id, *room);  // It may be a visitor's no longer.
  follow(id);
  behind_.push_back(id);
  wake();
}

void RoomFeeds::remove(ConversationId id) {
  rooms_.erase(id);
  look_at_visited_rooms();
}

bool RoomFeeds::is_joined(ConversationId id) const {
  auto const found = rooms_.find(id);
  return found != rooms_.end() && found->second.is_joined;
}

void RoomFeeds::on_event(realtime::Delivery const& delivery) {
  auto const id = delivery->event.conversation;
  if (realtime::may_blind_elsewhere(delivery->event, caller_.user)) look_at_visited_rooms();
  auto* const room = find(id);
  if (room == nullptr || !is_next(id, *room, delivery->event)) return;
  switch (delivery->event.kind) {
    case model::EventKind::message_added: return on_message_added(id, *room, delivery);
    case model::EventKind::message_edited:
    case model::EventKind::message_deleted: return on_message_changed(id, *room, delivery);
    case model::EventKind::delivered_moved:
      // A visitor whose room is being looked at may have lost sight of it.
      if (delivery->event.subject != caller_.user && (room->is_joined || room->is_live))
        socket_->send(event_frame(delivery));
      return;
    default:
      if (!room->is_joined && realtime::may_blind(delivery->event, caller_.user)) look_again(id, *room);
      return;
  }
}

/// False for an event that is not to be looked at: it has been, or one before it has not. Events of several nodes come
/// in any order.
bool RoomFeeds::is_next(ConversationId id, Room& room, model::Event const& event) {
  if (event.offset == 0) return true;
  if (room.offset != kUnknown && event.offset <= room.offset) return false;
  room.newest_offset = std::max(room.newest_offset, event.offset);
  if (!room.is_live) return true;
  if (event.offset == room.offset + 1) {
    room.offset = event.offset;
    return true;
  }
  if (event.kind == model::EventKind::message_added) room.newest_seq = std::max(room.newest_seq, event.seq);
  fall_behind(id, room);
  return false;
}

void RoomFeeds::on_move(realtime::Moved const& move) {
  if (has_stopped_) return;
  if (move.subject == caller_.user) is_list_due_ = true;
  if (auto* const room = find(move.conversation)) look_again(move.conversation, *room);
  wake();
}

void RoomFeeds::on_doubt() {
  if (has_stopped_) return;
  is_list_due_ = true;
  for (auto& [id, room] : rooms_) look_again(id, room);
  wake();
}

void RoomFeeds::stop() {
  has_stopped_ = true;
  is_list_due_ = false;
  rooms_.clear();
  behind_.clear();
}

void RoomFeeds::on_message_added(ConversationId id, Room& room, realtime::Delivery const& delivery) {
  auto const seq = delivery->event.seq;
  room.newest_seq = std::max(room.newest_seq, seq);
  if (!room.is_live || seq <= room.sent_seq) return;
  if (seq != room.sent_seq + 1) return fall_behind(id, room);
  auto const frame = event_frame(delivery);
  if (!frame) return fall_behind(id, room);
  room.sent_seq = seq;
  socket_->send(frame);  // May end the connection, and with it the room.
}

void RoomFeeds::on_message_changed(ConversationId id, Room& room, realtime::Delivery const& delivery) {
  auto const seq = delivery->event.seq;
  if (seq > room.sent_seq) return look_again(id, room);
  if (!room.is_live) return;  // It follows what is being read.
  auto const frame = seq > room.visible_after ? event_frame(delivery) : nullptr;
  if (frame) socket_->send(frame);
}

RoomFeeds::Room& RoomFeeds::follow(ConversationId id) {
  auto const [place, is_new] = rooms_.try_emplace(id);
  if (is_new) place->second.subscription = hub_.subscribe(caller_.tenant, id, subscriber_);
  return place->second;
}

RoomFeeds::Room* RoomFeeds::find(ConversationId id) {
  auto const found = rooms_.find(id);
  return found == rooms_.end() ? nullptr : &found->second;
}

void RoomFeeds::fall_behind(ConversationId id, Room& room) {
  if (!std::exchange(room.is_live, false)) return;  // It is queued already.
  behind_.push_back(id);
  wake();
}

/// What is being read of the room is not sent, and nothing else before it has been read anew.
void RoomFeeds::look_again(ConversationId id, Room& room) {
  room.is_stale = true;
  fall_behind(id, room);
}

/// A visitor sees a room through others, or by its rank: the next look at the log tells whether it still does. Members
/// of a room see it whatever becomes of the rest.
void RoomFeeds::look_at_visited_rooms() {
  for (auto& [id, room] : rooms_) {
    if (!room.is_joined) look_again(id, room);
  }
}

void RoomFeeds::wake() {
  if (!std::exchange(is_catching_up_, true)) spawn(catch_up(shared_from_this()));
}

void RoomFeeds::give_up(Error const& error) {
  log::warn("a websocket is closed: its rooms cannot be read: {}", error.message);
  stop();
  socket_->close(1013, "try again later");
}

/// Reads the list of rooms twice: what is committed between the first look and the subscriptions shows in the second.
Task<void> RoomFeeds::take_up_rooms() {
  auto const verb = [this](storage::Transaction& tx) { return core::list_backlogs(tx, caller_.tenant, caller_.user); };
  auto const first = co_await api::read(reads_, socket_->executor(), verb);
  if (has_stopped_) co_return;
  if (first) {
    for (auto const& backlog : *first) follow(backlog.conversation);
  }
  auto const second = co_await api::read(reads_, socket_->executor(), verb);
  if (has_stopped_) co_return;
  if (!first || !second) co_return give_up(first ? second.error() : first.error());
  for (auto const& backlog : *second) {
    auto& room = follow(backlog.conversation);
    if (room.sent_seq != kUnknown) continue;
    room.sent_seq = backlog.received_seq;
    room.is_joined = true;
    room.visible_after = backlog.visible_after;
    room.offset = backlog.last_offset;
    room.is_live = std::max(backlog.last_seq, room.newest_seq) <= room.sent_seq && room.newest_offset <= room.offset;
  }
  for (auto const& [id, room] : rooms_) {
    if (!room.is_live) behind_.push_back(id);
  }
  std::ranges::sort(behind_);
}

Task<void> RoomFeeds::catch_up(std::shared_ptr<RoomFeeds> self) {
  while (self->is_list_due_ || !self->behind_.empty()) {
    if (std::exchange(self->is_list_due_, false)) {
      co_await self->take_up_rooms();
      continue;
    }
    auto const id = self->behind_.front();
    auto const* const room = self->find(id);
    if (room == nullptr || room->is_live) {
      self->behind_.pop_front();
    } else {
      co_await self->advance(id);
    }
  }
  self->is_catching_up_ = false;
}

Result<RoomFeeds::LogPage> RoomFeeds::read_page(storage::Transaction& tx, core::Caller caller, ConversationId id,
                                                std::int64_t after, std::int64_t offset) {
  caller = TRY(core::caller_now(tx, std::move(caller)));
  auto const encounter = TRY(core::require(tx, caller, id, core::Action::see));
  auto const& member = encounter.member;
  LogPage page;
  page.is_joined = member && member->membership == model::Membership::member;
  page.last_seq = encounter.conversation.last_seq;
  if (after == kUnknown) after = page.is_joined ? std::max(member->delivered_seq, member->joined_seq) : page.last_seq;
  page.after = after;
  if (member && encounter.conversation.history_mode == model::HistoryMode::since_join) {
    page.visible_after = member->joined_seq;
  }
  core::MessageRange range;
  range.after_seq = after;
  range.limit = kPageLimit;
  page.messages = TRY(core::read_messages(tx, encounter, range));
  page.is_last = page.messages.size() < static_cast<std::size_t>(kPageLimit);
  page.last_offset = page.through_offset = encounter.conversation.last_offset;
  if (page.is_last && offset != kUnknown && offset < page.last_offset) TRY(read_changes(tx, caller, id, offset, page));
  return page;
}

Result<void> RoomFeeds::read_changes(storage::Transaction& tx, core::Caller const& caller, ConversationId id,
                                     std::int64_t offset, LogPage& page) {
  auto found = TRY(core::read_events(tx, caller.tenant, id, 0, offset, kChangeLimit));
  // What is trimmed cannot be told any more.
  if (found.reset || found.events.empty()) return {};
  page.through_offset = found.events.back().event.offset;
  for (auto& live : found.events) {
    auto const kind = live.event.kind;
    bool const is_change = kind == model::EventKind::message_edited || kind == model::EventKind::message_deleted;
    if (!is_change || live.event.seq > page.after || live.event.seq <= page.visible_after) continue;
    // Each shows the message as it is now.
    std::erase_if(page.changes, [&](auto const& earlier) { return earlier.event.message == live.event.message; });
    page.changes.push_back(std::move(live));
  }
  return {};
}

/// Reads and sends one page of a room. The room may go, or its messages change, whenever something is awaited: then the
/// page is dropped, and catch_up() reads it again.
Task<void> RoomFeeds::advance(ConversationId id) {
  auto* room = find(id);
  room->is_stale = false;
  auto const after = room->sent_seq;
  auto const offset = room->offset;
  auto const page = co_await api::read(
      reads_, socket_->executor(),
      [this, id, after, offset](storage::Transaction& tx) { return read_page(tx, caller_, id, after, offset); });
  room = find(id);
  if (room == nullptr || room->sent_seq != after || room->offset != offset) co_return;
  if (!page) {
    bool const is_gone = page.error().code == Errc::not_found || page.error().code == Errc::forbidden;
    is_gone ? remove(id) : give_up(page.error());
    co_return;
  }
  if (room->is_stale) co_return;
  room->sent_seq = page->after;
  room->visible_after = page->visible_after;
  room->is_joined = page->is_joined;
  if (room->offset == kUnknown) room->offset = page->last_offset;
  if (co_await send_page(id, *page) && page->is_last) finish_page(id, *page);
}

void RoomFeeds::finish_page(ConversationId id, LogPage const& page) {
  auto* const room = find(id);
  if (room == nullptr) return;
  room->sent_seq = std::max(room->sent_seq, page.last_seq);
  room->offset = std::max(room->offset, page.through_offset);
  room->is_live = room->newest_seq <= room->sent_seq && room->newest_offset <= room->offset &&
                  page.through_offset == page.last_offset;
  for (auto const& live : page.changes)
    if (auto const frame = event_frame(realtime::Delivery(live))) socket_->send(frame);
}

/// False where the page was dropped half-way.
Task<bool> RoomFeeds::send_page(ConversationId id, LogPage const& page) {
  auto sent_seq = page.after;
  for (auto const& message : page.messages) {
    if (socket_->queued_bytes() > kReplayQueueBytes) co_await wait_for_room_in_queue();
    auto* const room = find(id);
    if (room == nullptr || room->is_stale || room->sent_seq != sent_seq) co_return false;
    room->sent_seq = sent_seq = message.seq;
    if (!socket_->send(message_frame(message))) co_return false;
  }
  co_return true;
}

/// What this tick has queued leaves with its end; a slow reader takes longer.
Task<void> RoomFeeds::wait_for_room_in_queue() {
  co_await yield(socket_->executor());
  while (socket_->is_open() && socket_->queued_bytes() > kReplayQueueBytes) {
    co_await pause(socket_->executor(), std::chrono::milliseconds(100));
  }
}

}  // namespace parlance::chatapi
