#include "api/token_bucket.h"

#include <gtest/gtest.h>

#include <string>

namespace parlance::api {
namespace {

constexpr std::int64_t kSecondMicros = 1'000'000;

TEST(TokenBucketTake, GivesTheBurstAndThenWaits) {
  TokenBucket bucket({2, 2}, 0);
  EXPECT_EQ(bucket.take(0).remaining, 1);
  EXPECT_EQ(bucket.take(0).remaining, 0);
  auto const refused = bucket.take(0);
  EXPECT_FALSE(refused.allowed);
  EXPECT_EQ(refused.limit, 2);
  EXPECT_EQ(refused.retry_after_seconds, 1);
  EXPECT_EQ(refused.full_in_micros, kSecondMicros);
}

TEST(TokenBucketTake, RefillsByTheElapsedTime) {
  TokenBucket bucket({2, 2}, 0);
  bucket.take(0);
  bucket.take(0);
  EXPECT_FALSE(bucket.take(499'999).allowed);
  EXPECT_TRUE(bucket.take(500'000).allowed);
  EXPECT_FALSE(bucket.take(500'001).allowed);
  EXPECT_EQ(bucket.take(100 * kSecondMicros).remaining, 1);
}

TEST(TokenBucketTake, NamesAWholeWaitForSlowRefills) {
  TokenBucket bucket({1, 0}, 0);
  bucket.take(0);
  EXPECT_GE(bucket.take(0).retry_after_seconds, 1);
  EXPECT_FALSE(bucket.take(3600 * kSecondMicros).allowed);
}

TEST(TokenBucketTake, WithoutALimitRefusesNothing) {
  TokenBucket bucket({0, 0}, 0);
  for (int i = 0; i < 1000; ++i) EXPECT_TRUE(bucket.take(0).allowed);
  EXPECT_EQ(bucket.take(0).limit, 0);
}

TEST(TokenBucketTake, IgnoresAClockThatStandsStill) {
  TokenBucket bucket({1, 1}, 1000);
  EXPECT_TRUE(bucket.take(1000).allowed);
  EXPECT_FALSE(bucket.take(0).allowed);
}

TEST(TokenBucketSetRate, KeepsWhatIsLeft) {
  TokenBucket bucket({10, 10}, 0);
  bucket.take(0);
  bucket.set_rate({3, 3}, 0);
  EXPECT_EQ(bucket.take(0).remaining, 2);
  bucket.set_rate({0, 0}, 0);
  EXPECT_TRUE(bucket.take(0).allowed);
  bucket.set_rate({5, 5}, 0);
  EXPECT_EQ(bucket.take(0).remaining, 4);
}

TEST(LimiterMapTake, CountsEachKeyAlone) {
  LimiterMap limiters({1, 1});
  EXPECT_TRUE(limiters.take("a", 0).allowed);
  EXPECT_FALSE(limiters.take("a", 0).allowed);
  EXPECT_TRUE(limiters.take("b", 0).allowed);
}

TEST(LimiterMapTake, StaysBounded) {
  LimiterMap limiters({1, 1}, 100);
  for (int i = 0; i < 1000; ++i) limiters.take(std::to_string(i), 0);
  EXPECT_LE(limiters.size(), 100U);
}

}  // namespace
}  // namespace parlance::api
