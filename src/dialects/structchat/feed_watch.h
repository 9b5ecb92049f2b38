#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <unordered_map>
#include <vector>

#include "base/clock.h"
#include "base/ids.h"
#include "dialects/structchat/moved_log.h"
#include "dialects/structchat/websocket_frames.h"

namespace parlance::structchat {

/// A thread that has moved, as one user may see it.
struct MovedThread {
  ConversationId id;
  Timestamp active_at = 0;
  std::string data;  ///< the whole thread as JSON, where somebody who is told does not know it
};

/// The feed that one connection shows, and what its client knows of it. Executor's thread.
class FeedWatch {
 public:
  /// What is kept of one client: beyond it everything is forgotten, and threads are sent whole again.
  static constexpr std::size_t kMostKnown = 20'000;

  /// Takes up another feed, in whose place the old one goes; until ready() nothing of it is due. `position` is the end
  /// of the log of moved threads.
  void begin(FeedRequest const& request, std::int64_t position);
  /// `missed` is due before everything else.
  void ready(std::vector<ConversationId> const& missed);
  void stop() { feed_ = 0; }

  std::int64_t feed() const { return feed_; }
  /// Another for each begin(): what was looked up for an earlier one is nobody's any more.
  std::uint64_t generation() const { return generation_; }
  bool is_ready() const { return feed_ != 0 && is_ready_; }
  bool has_due(MovedLog const& log) const { return is_ready() && (!missed_.empty() || position_ < log.end()); }
  bool has_lost(MovedLog const& log) const { return log.has_lost(position_); }
  /// Starts over at the log's end: the client loads the feed again.
  void reset(MovedLog const& log);

  /// Takes the next threads that may have to be told, at most `most`. Only where nothing is lost.
  std::vector<ConversationId> take(MovedLog const& log, std::size_t most);

  /// Those that were taken and cannot be told yet are due again, before everything else.
  void put_back(std::vector<ConversationId> const& threads);

  bool knows(ConversationId thread) const { return known_.contains(thread); }
  /// Notes that the client is told now. False where it has been told that already.
  bool tell(ConversationId thread, Timestamp active_at);

 private:
  std::int64_t feed_ = 0;
  std::uint64_t generation_ = 0;
  bool is_ready_ = false;
  std::int64_t position_ = 0;
  std::deque<ConversationId> missed_;
  std::unordered_map<ConversationId, Timestamp> known_;  ///< with the activity last told of; 0 = none yet
};

}  // namespace parlance::structchat
