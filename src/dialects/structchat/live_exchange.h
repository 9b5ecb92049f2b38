#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <memory>
#include <unordered_map>
#include <vector>

#include "api/services.h"
#include "base/executor.h"
#include "base/guarded.h"
#include "core/caller.h"
#include "dialects/structchat/feed_desk.h"
#include "dialects/structchat/presence_board.h"
#include "model/event.h"
#include "realtime/signal.h"

namespace parlance::structchat {

/// Takes what happens, on this node and others, to the desks of all I/O threads, and knows who is there. One for the
/// process. Any thread.
class LiveExchange : public std::enable_shared_from_this<LiveExchange> {
 public:
  LiveExchange(api::Services& services, std::chrono::milliseconds away_after);

  /// Before the broker starts.
  void listen();

  /// The desk of an I/O thread, made when it is first asked for.
  std::shared_ptr<FeedDesk> desk(Executor& executor);

  /// Each WebSocket enters when it opens, on its executor's thread, and leaves when it ends.
  void enter(TenantId tenant, Executor& executor);
  void leave(TenantId tenant);

  /// The caller is there; all nodes are told.
  void mark_active(core::Caller const& caller);
  std::vector<UserId> active_users(TenantId tenant) const;

 private:
  struct Visitors {
    std::unordered_map<TenantId, std::size_t> counts;  ///< WebSockets of each organisation; none is 0
    bool is_sweeping = false;
  };

  void on_event(model::LiveEvent const& live);
  void note(TenantId tenant, ConversationId thread);
  void on_signal(realtime::Signal const& signal);
  std::vector<std::shared_ptr<FeedDesk>> desks() const;
  void tell_presence(TenantId tenant, PresenceStatus status, std::vector<UserId> const& users) const;
  void sweep_later(Executor& executor);
  void sweep(Executor& executor);

  api::Services& services_;
  std::chrono::milliseconds const sweep_interval_;
  PresenceBoard board_;
  Guarded<Visitors> visitors_;
  Guarded<std::vector<std::shared_ptr<FeedDesk>>> desks_;
};

}  // namespace parlance::structchat
