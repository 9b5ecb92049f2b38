#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/executor.h"
#include "base/task.h"

namespace parlance::api {

struct Services;

/// The facts about this process that health endpoints tell. Any thread.
class Process {
 public:
  explicit Process(std::string version) : version_(std::move(version)) {}

  std::string_view version() const { return version_; }
  std::int64_t uptime_seconds() const { return (monotonic_now() - started_) / kSecond; }

  /// True from the moment the server was told to stop: load balancers should look elsewhere.
  bool is_draining() const { return draining_.load(std::memory_order_relaxed); }
  void begin_draining() { draining_.store(true, std::memory_order_relaxed); }

 private:
  friend Task<bool> is_database_writable(Services& services, Executor& executor);

  std::string version_;
  std::int64_t started_ = monotonic_now();
  std::atomic<bool> draining_ = false;
  std::atomic<bool> writable_ = false;
  std::atomic<std::int64_t> writable_checked_ = 0;  ///< monotonic; 0 = never
};

/// Whether a small write can be committed right now. The outcome is kept for a second, so that strangers who ask often
/// cost nothing.
Task<bool> is_database_writable(Services& services, Executor& executor);

}  // namespace parlance::api
