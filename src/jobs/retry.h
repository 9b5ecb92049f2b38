#pragma once

#include <chrono>
#include <cstdint>

#include "base/clock.h"

namespace parlance::jobs {

/// When failed attempts are repeated.
struct RetryOptions {
  /// The wait after the first failure lies between a tenth of this and all of it ("full jitter", so that what failed
  /// together does not come back together), and doubles with each further one. Source text: 30 s.
  std::chrono::milliseconds base{30'000};

  /// The bound of the wait.
  std::chrono::milliseconds cap{std::chrono::hours(1)};

  /// Attempts in all; the last one that fails leaves a dead letter. 0: never give up. Source text: 5.
  std::int64_t max_attempts = 5;
};

/// The time of the next attempt after `attempts` failed ones; 0 where there is none (a dead letter). Any thread.
Timestamp next_attempt_at(RetryOptions const& options, std::int64_t attempts, Timestamp now);

}  // namespace parlance::jobs
