#pragma once

#include <utility>
#include <vector>

#include "base/executor.h"

namespace parlance {

/// While one lives, what its thread posts is held back; at its end each executor gets its share at once, in order, and
/// is woken once. For a thread that has news for many. At most one at a time on a thread.
class GatheredPosts {
 public:
  GatheredPosts() { gatherer = this; }
  GatheredPosts(GatheredPosts const&) = delete;
  GatheredPosts& operator=(GatheredPosts const&) = delete;
  ~GatheredPosts() {
    gatherer = nullptr;
    for (auto& [executor, actions] : gathered_) executor->post_all(std::move(actions));
  }

  /// For executors: takes the action where the calling thread is gathering.
  static bool take(Executor& executor, Executor::Action& action) {
    if (gatherer == nullptr) return false;
    gatherer->of(executor).push_back(std::move(action));
    return true;
  }

 private:
  std::vector<Executor::Action>& of(Executor& executor) {
    for (auto& [known, actions] : gathered_)
      if (known == &executor) return actions;
    return gathered_.emplace_back(&executor, std::vector<Executor::Action>()).second;
  }

  static inline thread_local GatheredPosts* gatherer = nullptr;

  std::vector<std::pair<Executor*, std::vector<Executor::Action>>> gathered_;  // a few I/O threads
};

}  // namespace parlance
