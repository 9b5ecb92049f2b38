#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/executor.h"
#include "base/guarded.h"
#include "base/result.h"
#include "dialects/structchat/feed_look.h"
#include "dialects/structchat/moved_log.h"
#include "dialects/structchat/websocket_frames.h"
#include "storage/read_pool.h"

namespace parlance::structchat {

class Session;

/// What the WebSockets of one I/O thread share: threads that have moved are looked up for all of them together, one
/// look at the database at a time, with a rest between, so however many connections and messages there are, the number
/// of statements is bounded. A connection whose client is slow is left out until there is room in its queue.
///
/// Executor's thread, but for what says otherwise.
class FeedDesk : public std::enable_shared_from_this<FeedDesk> {
 public:
  FeedDesk(storage::ReadPool& reads, Executor& executor) : reads_(reads), executor_(executor) {}

  /// Any thread: something has happened in the thread.
  void note(TenantId tenant, ConversationId thread);
  /// Any thread: what has happened is not known. Every client is told to load its feed again.
  void note_loss();
  /// Any thread. Those of one moment are told together, so that many who come at once are few frames.
  void note_presence(TenantId tenant, PresenceStatus status, std::vector<UserId> users);

  void join(Session& session);
  void leave(Session& session);

  /// The end of the organisation's log; it must have joined sessions.
  std::int64_t log_end(TenantId tenant) const { return organisations_.at(tenant).log.end(); }
  /// Something may be due for somebody.
  void wake();

  Executor const& executor() const { return executor_; }

 private:
  struct Organisation {
    MovedLog log;
    std::vector<Session*> sessions;
    std::vector<UserId> gone;  ///< not told yet
    std::vector<UserId> come;  ///< the same
  };
  struct Round;

  void take_notes();
  void begin_round();
  void gather(Round& round);
  void add_to(Round& round, Session& session, std::vector<ConversationId> threads);
  void finish_round(Round& round, Result<void> const& outcome);
  void rest();
  void take_presence(TenantId tenant, PresenceStatus status, std::vector<UserId> const& users);
  void tell_presence(TenantId tenant);

  storage::ReadPool& reads_;
  Executor& executor_;
  Guarded<std::vector<std::pair<TenantId, ConversationId>>> notes_;
  std::unordered_map<TenantId, Organisation> organisations_;
  std::vector<Session*> sessions_;
  std::size_t next_session_ = 0;  ///< in sessions_: whose turn is first in the next round
  bool is_busy_ = false;          ///< a round runs, or the rest after one
};

}  // namespace parlance::structchat
