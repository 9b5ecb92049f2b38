#include "dialects/chatapi/connection_slots.h"

#include <gtest/gtest.h>

namespace parlance::chatapi {
namespace {

TEST(ConnectionSlots, RefusesMoreThanTheMostOfOneUser) {
  ConnectionSlots slots(2);
  auto first = slots.take(TenantId{1}, UserId{1});
  auto second = slots.take(TenantId{1}, UserId{1});
  EXPECT_TRUE(first && second);
  EXPECT_FALSE(slots.take(TenantId{1}, UserId{1}));
  EXPECT_TRUE(slots.take(TenantId{1}, UserId{2}));
  EXPECT_TRUE(slots.take(TenantId{2}, UserId{1}));
  first.reset();
  EXPECT_TRUE(slots.take(TenantId{1}, UserId{1}));
}

TEST(ConnectionSlots, ASlotMayOutliveThem) {
  auto slots = std::make_unique<ConnectionSlots>(1);
  auto const kept = slots->take(TenantId{1}, UserId{1});
  slots.reset();
  EXPECT_TRUE(kept);
}

}  // namespace
}  // namespace parlance::chatapi
