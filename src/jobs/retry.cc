#include "jobs/retry.h"

#include <algorithm>
#include <random>

namespace parlance::jobs {

Timestamp next_attempt_at(RetryOptions const& options, std::int64_t attempts, Timestamp now) {
  if (options.max_attempts > 0 && attempts >= options.max_attempts) return 0;
  using std::chrono::microseconds;
  auto const cap = std::max<std::int64_t>(microseconds(options.cap).count(), 1);
  auto bound = std::clamp<std::int64_t>(microseconds(options.base).count(), 1, cap);
  for (std::int64_t failed = 1; failed < attempts && bound < cap; ++failed) bound = std::min(bound * 2, cap);
  thread_local std::minstd_rand random{std::random_device{}()};
  return now + std::uniform_int_distribution<std::int64_t>(bound / 10, bound)(random);
}

}  // namespace parlance::jobs
