#include "jobs/retry.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace parlance::jobs {
namespace {

using namespace std::chrono_literals;

TEST(NextAttemptAt, DoublesUpToTheCapWithJitter) {
  RetryOptions const options{.base = 1s, .cap = 5s, .max_attempts = 100};
  std::int64_t const bounds[] = {1, 2, 4, 5, 5};
  for (std::int64_t attempts = 1; attempts <= 5; ++attempts) {
    auto const bound = bounds[attempts - 1] * kSecond;
    Timestamp longest = 0;
    for (int sample = 0; sample < 500; ++sample) {
      auto const wait = next_attempt_at(options, attempts, 7) - 7;
      EXPECT_GE(wait, bound / 10);
      EXPECT_LE(wait, bound);
      longest = std::max(longest, wait);
    }
    EXPECT_GT(longest, bound / 2);
  }
}

TEST(NextAttemptAt, GivesUpAfterTheLastAttemptUnlessNever) {
  EXPECT_NE(next_attempt_at({.max_attempts = 5}, 4, 7), 0);
  EXPECT_EQ(next_attempt_at({.max_attempts = 5}, 5, 7), 0);
  EXPECT_NE(next_attempt_at({.max_attempts = 0}, 1'000'000, 7), 0);
}

}  // namespace
}  // namespace parlance::jobs
