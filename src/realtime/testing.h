#pragma once

#include <algorithm>
#include <chrono>
#include <deque>
#include <map>
#include <mutex>
#include <utility>

#include "base/executor.h"

namespace parlance::realtime::testing {

/// An executor that a test turns by hand: actions run inside run() or advance(), on the caller's thread. post() from
/// any thread. Its time stands still until advance().
class ManualExecutor final : public Executor {
 public:
  void post(Action action) override {
    std::lock_guard lock(mutex_);
    actions_.push_back(std::move(action));
  }

  void call_after(std::chrono::milliseconds delay, Action action) override {
    timers_.emplace(time_ + delay, std::move(action));
  }

  bool is_current() const override { return true; }

  /// Runs the first waiting action. False where there is none.
  bool run_one() {
    Action action;
    {
      std::lock_guard lock(mutex_);
      if (actions_.empty()) return false;
      action = std::move(actions_.front());
      actions_.pop_front();
    }
    action();
    return true;
  }

  /// Runs until nothing waits but timers.
  void run() {
    while (run_one()) {
    }
  }

  /// Runs, lets the time pass, and runs what has come due.
  void advance(std::chrono::milliseconds duration) {
    run();
    auto const until = time_ + duration;
    while (!timers_.empty() && timers_.begin()->first <= until) {
      auto timer = timers_.extract(timers_.begin());
      time_ = timer.key();
      timer.mapped()();
      run();
    }
    time_ = until;
  }

  std::size_t waiting_timers() const { return timers_.size(); }

 private:
  std::mutex mutex_;
  std::deque<Action> actions_;
  std::chrono::milliseconds time_{0};
  std::multimap<std::chrono::milliseconds, Action> timers_;
};

}  // namespace parlance::realtime::testing
