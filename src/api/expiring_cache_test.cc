#include "api/expiring_cache.h"

#include <gtest/gtest.h>

namespace parlance::api {
namespace {

constexpr TenantId kAcme{1};
constexpr TenantId kOther{2};
constexpr UserId kAnna{1};
constexpr UserId kBert{2};

class ExpiringCacheTest : public testing::Test {
 protected:
  void put(std::string key, UserId user, int value, TenantId tenant = kAcme, std::int64_t now = 1) {
    cache_.put(cache_.ticket(), std::move(key), tenant, user, value, now);
  }

  int value(std::string_view key, std::int64_t now = 1) const { return cache_.find(key, now).value_or(0); }

  ExpiringCache<int> cache_{100};
};

TEST_F(ExpiringCacheTest, EndsAnEntryAfterItsLifetime) {
  put("a", kAnna, 7);
  EXPECT_EQ(value("a", ExpiringCache<int>::kLifetime), 7);
  EXPECT_EQ(value("a", ExpiringCache<int>::kLifetime + 1), 0);
}

TEST_F(ExpiringCacheTest, HoldsAnEntryOnceHoweverOftenItIsPut) {
  for (int round = 0; round < 3000; ++round) {
    put("a", kAnna, round);
    put("b", {}, round);
  }
  EXPECT_EQ(cache_.size(), 2U);
  EXPECT_EQ(cache_.owned_size(), 1U);
}

TEST_F(ExpiringCacheTest, ForgetsAUserAndNobodyElse) {
  put("a1", kAnna, 1);
  put("a2", kAnna, 2);
  put("b", kBert, 3);
  cache_.forget(kAnna);
  EXPECT_EQ(value("a1") + value("a2"), 0);
  EXPECT_EQ(value("b"), 3);
  EXPECT_EQ(cache_.owned_size(), 1U);
}

TEST_F(ExpiringCacheTest, FollowsAKeyToItsNewOwner) {
  put("key", kAnna, 1);
  put("other", kAnna, 2);
  put("key", kBert, 3);
  cache_.forget(kAnna);
  EXPECT_EQ(value("key"), 3);
  EXPECT_EQ(value("other"), 0);
  put("key", {}, 4);
  EXPECT_EQ(cache_.owned_size(), 0U);
  put("key", kBert, 5);
  cache_.forget(kBert);
  EXPECT_EQ(value("key"), 0);
}

TEST_F(ExpiringCacheTest, ForgetsATenantWithWhoOwnsWhat) {
  put("a", kAnna, 1);
  put("b", kBert, 2, kOther);
  cache_.forget(kAcme);
  EXPECT_EQ(value("a"), 0);
  EXPECT_EQ(value("b"), 2);
  EXPECT_EQ(cache_.owned_size(), 1U);
}

TEST_F(ExpiringCacheTest, LetsTheOlderHalfGoBeyondItsCapacity) {
  for (int number = 1; number <= 1000; ++number) put(std::to_string(number), kAnna, number);
  EXPECT_LE(cache_.size(), 102U);
  EXPECT_EQ(cache_.owned_size(), cache_.size());
  EXPECT_EQ(value("1000"), 1000);
  EXPECT_EQ(value("1"), 0);
}

TEST_F(ExpiringCacheTest, DoesNotKeepWhatWasForgottenWhileItWasRead) {
  auto const ticket = cache_.ticket();
  cache_.forget(kAnna);
  cache_.put(ticket, "a", kAcme, kAnna, 1, 1);
  EXPECT_EQ(value("a"), 0);
}

}  // namespace
}  // namespace parlance::api
