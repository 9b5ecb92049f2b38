#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <utility>

namespace parlance::jobs {

/// What a background thread sleeps on. Any thread.
class Bell {
 public:
  /// Ends the wait, now or the next one. Ringing twice is ringing once.
  void ring() {
    std::lock_guard lock(mutex_);
    if (is_rung_) return;
    is_rung_ = true;
    changed_.notify_one();
  }

  /// Ends every wait from now on.
  void close() {
    std::lock_guard lock(mutex_);
    is_closed_ = true;
    changed_.notify_all();
  }

  /// Waits until rung, closed, or `time` has passed. True where it was rung, which it then forgets.
  bool wait_for(std::chrono::microseconds time) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, time, [this] { return is_rung_ || is_closed_; });
    return std::exchange(is_rung_, false);
  }

  /// Waits until closed or `time` has passed, whether rung or not. True where it is closed.
  bool rest_for(std::chrono::microseconds time) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, time, [this] { return is_closed_; });
  }

  bool is_closed() const {
    std::lock_guard lock(mutex_);
    return is_closed_;
  }

 private:
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  bool is_rung_ = false;
  bool is_closed_ = false;
};

}  // namespace parlance::jobs
