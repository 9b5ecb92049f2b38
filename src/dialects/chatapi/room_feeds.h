#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <unordered_map>

#include "base/task.h"
#include "core/caller.h"
#include "http/websocket.h"
#include "model/message.h"
#include "realtime/hub.h"
#include "storage/read_pool.h"

namespace parlance::chatapi {

/// What one WebSocket is sent of its rooms: in each room every message above what its user has acknowledged, by
/// ascending seq, without a gap or a duplicate; first from the log, page by page as the socket drains, then live, and
/// from the log again wherever the live feed has skipped something. Nothing is kept in memory but numbers and one page.
/// Edits and deletions of what the client has follow in their order, once each, though a later one may stand for those
/// before it.
///
/// Executor's thread. Kept alive by its owner until stop().
class RoomFeeds : public std::enable_shared_from_this<RoomFeeds> {
 public:
  /// `subscriber` gets the hub's calls and passes events on to on_event; it must outlive this.
  RoomFeeds(storage::ReadPool& reads, realtime::Hub& hub, core::Caller caller, realtime::Subscriber& subscriber,
            std::shared_ptr<http::WebSocket> socket);

  /// Takes up all rooms of the user. Where the log cannot be read the socket is closed with 1013.
  void start();

  /// Takes up a room that the user has joined, or wants to follow; who may not see it is not sent anything.
  void add(ConversationId room);
  /// The user has been taken out of the room. What it only visits may have been visible through it.
  void remove(ConversationId room);
  /// True in rooms that the user is known to be a member of; a visitor's rooms are others.
  bool is_joined(ConversationId room) const;

  void on_event(realtime::Delivery const& delivery);
  /// Live events may have been missed: looks for rooms joined meanwhile, and at the log of every room.
  void on_doubt();
  /// The same of one event.
  void on_move(realtime::Moved const& move);

  /// Lets go of everything; nothing is sent any more.
  void stop();

 private:
  static constexpr std::int64_t kUnknown = -1;

  struct Room {
    realtime::Subscription subscription;
    std::int64_t sent_seq = kUnknown;  ///< everything up to this one is the client's
    std::int64_t newest_seq = 0;       ///< the newest announced so far
    std::int64_t offset = kUnknown;    ///< of events: changes up to this one are the client's
    std::int64_t newest_offset = 0;    ///< the newest announced so far
    std::int64_t visible_after = 0;    ///< what lies below is hidden from the user
    bool is_live = false;              ///< nothing is missing: the next event goes straight out
    bool is_stale = false;             ///< what is being read has changed meanwhile
    bool is_joined = false;            ///< known to be a member's, not a visitor's
  };

  struct LogPage;
  static Result<LogPage> read_page(storage::Transaction& tx, core::Caller caller, ConversationId id, std::int64_t after,
                                   std::int64_t offset);
  static Result<void> read_changes(storage::Transaction& tx, core::Caller const& caller, ConversationId id,
                                   std::int64_t offset, LogPage& page);

  static Task<void> catch_up(std::shared_ptr<RoomFeeds> self);
  Task<void> take_up_rooms();
  Task<void> advance(ConversationId id);
  Task<bool> send_page(ConversationId id, LogPage const& page);
  void finish_page(ConversationId id, LogPage const& page);
  Task<void> wait_for_room_in_queue();

  Room& follow(ConversationId id);
  Room* find(ConversationId id);
  void fall_behind(ConversationId id, Room& room);
  void look_again(ConversationId id, Room& room);
  void look_at_visited_rooms();
  void wake();
  bool is_next(ConversationId id, Room& room, model::Event const& event);
  void on_message_added(ConversationId id, Room& room, realtime::Delivery const& delivery);
  void on_message_changed(ConversationId id, Room& room, realtime::Delivery const& delivery);
  void give_up(Error const& error);

  storage::ReadPool& reads_;
  realtime::Hub& hub_;
  core::Caller const caller_;
  realtime::Subscriber& subscriber_;
  std::shared_ptr<http::WebSocket> const socket_;
  std::unordered_map<ConversationId, Room> rooms_;
  std::deque<ConversationId> behind_;  ///< rooms to read from the log, the first one being read
  bool is_list_due_ = false;           ///< the user's rooms are to be listed
  bool is_catching_up_ = false;
  bool has_stopped_ = false;
};

}  // namespace parlance::chatapi
