#include "core/leases.h"

#include "core/testing.h"

namespace parlance::core {
namespace {

class LeasesTest : public VerbsTest {};
PARLANCE_TEST_ON_EVERY_ENGINE(LeasesTest);

TEST_P(LeasesTest, BelongToOneHolderUntilTheyEnd) {
  auto const take = [&](std::string_view name, std::string_view holder, Timestamp lasts) {
    return must([&](storage::Transaction& tx) { return take_lease(tx, name, holder, tx.now() + lasts); });
  };
  EXPECT_TRUE(take("relay", "a", kHour));
  EXPECT_FALSE(take("relay", "b", kHour));
  EXPECT_TRUE(take("relay", "a", kHour));
  EXPECT_TRUE(take("other", "b", kHour));
  EXPECT_TRUE(run([&](storage::Transaction& tx) { return return_lease(tx, "relay", "b"); }));
  EXPECT_FALSE(take("relay", "b", kHour));
  EXPECT_TRUE(run([&](storage::Transaction& tx) { return return_lease(tx, "relay", "a"); }));
  EXPECT_TRUE(take("relay", "b", -1));
  EXPECT_TRUE(take("relay", "a", kHour));
}

}  // namespace
}  // namespace parlance::core
