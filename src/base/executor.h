#pragma once

#include <chrono>
#include <functional>
#include <utility>
#include <vector>

namespace parlance {

/// One thread that runs what is posted to it, in order. Every connection, hub and stream belongs to exactly one
/// executor and is touched only from it.
class Executor {
 public:
  using Action = std::move_only_function<void()>;

  virtual ~Executor() = default;

  /// Any thread. Runs `action` on the executor's thread, never inside this call. Actions posted after the executor
  /// has stopped are destroyed without running.
  virtual void post(Action action) = 0;

  /// The same as posting one after the other, for less.
  virtual void post_all(std::vector<Action> actions) {
    for (auto& action : actions) post(std::move(action));
  }

  /// Executor's thread. Runs `action` once after about `delay` (the resolution is 100 ms).
  virtual void call_after(std::chrono::milliseconds delay, Action action) = 0;

  /// True on the executor's own thread.
  virtual bool is_current() const = 0;
};

}  // namespace parlance
