#include "jobs/housekeeping.h"

#include "core/events.h"
#include "core/idempotency.h"
#include "jobs/testing.h"

namespace parlance::jobs {
namespace {

using namespace std::chrono_literals;

class HousekeepingTest : public JobsTest {};
PARLANCE_TEST_ON_EVERY_ENGINE(HousekeepingTest);

TEST_P(HousekeepingTest, TrimsWhatHasHadItsTimeAndNothingElse) {
  for (int number = 0; number < 300; ++number) send(anna_, std::to_string(number));
  write([](storage::Transaction& tx) { return tx.execute("UPDATE events SET created_at = created_at - 3600000000"); });
  auto const kept = send(anna_, "kept");
  write([&](storage::Transaction& tx) { return core::store_answer(tx, anna_, "old", "x", {.status = 201}); });
  write([](storage::Transaction& tx) {
    return tx.execute("UPDATE idempotency_keys SET created_at = created_at - 7200000000");
  });
  write([&](storage::Transaction& tx) { return core::store_answer(tx, anna_, "new", "x", {.status = 201}); });

  Housekeeping housekeeping(*lanes_, {.event_retention = 0h, .answer_retention = 1h});
  Housekeeping gentle(*lanes_, {});
  gentle.tidy();
  EXPECT_EQ(count("SELECT COUNT(*) FROM idempotency_keys"), 2);
  EXPECT_GT(count("SELECT COUNT(*) FROM events"), 300);
  housekeeping.tidy();
  EXPECT_EQ(count("SELECT COUNT(*) FROM idempotency_keys"), 1);
  EXPECT_EQ(count("SELECT COUNT(*) FROM events"), 0);
  EXPECT_EQ(count("SELECT COUNT(*) FROM messages"), 301);

  auto const page = read(
      [&](storage::Transaction& tx) { return core::read_events(tx, tenant_, room_, 0, kept.added_offset - 1, 10); });
  EXPECT_TRUE(page.reset) << "a trimmed position is told";
}

}  // namespace
}  // namespace parlance::jobs
