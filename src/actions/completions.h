#pragma once

#include <functional>
#include <map>
#include <vector>

#include "base/guarded.h"
#include "base/ids.h"

namespace parlance::actions {

/// Who waits for the runs of a conversation to end on this node. Any thread.
class Completions {
 public:
  using Action = std::function<void()>;

  /// Has `action` called once, at the next notify() of the conversation. Returns what cancel() takes.
  std::uint64_t wait(ConversationId conversation, Action action);
  void cancel(ConversationId conversation, std::uint64_t ticket);
  void notify(ConversationId conversation);

 private:
  struct Waiting {
    std::uint64_t next_ticket = 1;
    std::map<ConversationId, std::map<std::uint64_t, Action>> actions;
  };
  Guarded<Waiting> waiting_;
};

}  // namespace parlance::actions
