#pragma once

#include <condition_variable>
#include <mutex>
#include <utility>

namespace parlance {

/// A value that is reachable only through its lock. Any thread may call. Collect under the lock, act outside it.
template <typename T>
class Guarded {
 public:
  Guarded() = default;
  explicit Guarded(T value) : value_(std::move(value)) {}

  /// Runs `action(value)` under the lock and returns what it returns.
  template <typename Action>
  decltype(auto) with(Action&& action) {
    std::lock_guard lock(mutex_);
    return std::forward<Action>(action)(value_);
  }

  template <typename Action>
  decltype(auto) with(Action&& action) const {
    std::lock_guard lock(mutex_);
    return std::forward<Action>(action)(value_);
  }

  /// Waits until `ready(value)` holds, then runs `action(value)` under the same lock. Wake waiters with notify_one/all.
  template <typename Ready, typename Action>
  decltype(auto) wait(Ready&& ready, Action&& action) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return ready(value_); });
    return std::forward<Action>(action)(value_);
  }

  /// The same, giving up after `timeout`; the action runs in either case.
  template <typename Duration, typename Ready, typename Action>
  decltype(auto) wait_for(Duration timeout, Ready&& ready, Action&& action) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, timeout, [&] { return ready(value_); });
    return std::forward<Action>(action)(value_);
  }

  void notify_one() { changed_.notify_one(); }
  void notify_all() { changed_.notify_all(); }

 private:
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  T value_{};
};

}  // namespace parlance
