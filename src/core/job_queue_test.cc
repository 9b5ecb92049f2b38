#include "core/job_queue.h"

#include <fmt/ranges.h>

#include <algorithm>

#include "core/testing.h"

namespace parlance::core {
namespace {

using storage::Transaction;

class JobQueueTest : public VerbsTest {
 protected:
  void SetUp() override {
    VerbsTest::SetUp();
    if (IsSkipped()) return;
    must([](Transaction& tx) { return tx.execute("DELETE FROM jobs"); });
  }

  void add(std::string const& kind, Timestamp run_at) {
    must([&](Transaction& tx) { return add_job(tx, tenant(), kind, "{}", run_at); });
  }

  /// Jobs of one kind that come due at 1 to `count`.
  void add_many(std::string const& kind, std::int64_t count) {
    must([&](Transaction& tx) {
      return tx.execute(
          "WITH RECURSIVE numbers (number) AS"
          " (SELECT 1 UNION ALL SELECT number + 1 FROM numbers WHERE number < $3)"
          " INSERT INTO jobs (tenant_id, kind, run_at, created_at) SELECT $1, $2, number, 0 FROM numbers",
          {tenant(), kind, count});
    });
  }

  /// What is taken at 100, in the order in which it was added.
  std::string take(std::int64_t limit, std::vector<std::string> const& kinds) {
    auto jobs = must([&](Transaction& tx) { return take_jobs(tx, 100, 1000, limit, kinds); });
    std::ranges::sort(jobs, {}, &model::Job::id);
    std::string text;
    for (auto const& job : jobs) text += job.kind + " ";
    return text;
  }

  Timestamp next(std::vector<std::string> const& kinds) {
    return must([&](Transaction& tx) { return next_job_at(tx, kinds); });
  }
};

PARLANCE_TEST_ON_EVERY_ENGINE(JobQueueTest);

TEST_P(JobQueueTest, TakesWhatHasBeenDueLongestAmongTheKindsWanted) {
  add("a", 40);
  add("b", 20);
  add("others", 5);
  add("a", 10);
  add("b", 30);
  add("c", 50);
  add("c", 101);
  EXPECT_EQ(take(3, {"a", "b", "c"}), "b a b ");
  EXPECT_EQ(take(10, {"a", "b", "c"}), "a c ");
  EXPECT_EQ(take(10, {"a", "b", "c"}), "");
  EXPECT_EQ(take(10, {}), "");
  EXPECT_EQ(take(10, {"others"}), "others ");
}

TEST_P(JobQueueTest, KnowsWhenTheNextOfTheKindsWantedComesDue) {
  add("others", 5);
  add("a", 40);
  add("b", 30);
  add("b", 20);
  EXPECT_EQ(next({"a", "b"}), 20);
  EXPECT_EQ(next({"b", "a"}), 20);
  EXPECT_EQ(next({"a"}), 40);
  EXPECT_EQ(next({"c"}), 0);
  EXPECT_EQ(next({"a", "c"}), 40);
  EXPECT_EQ(next({}), 0);
}

TEST_P(JobQueueTest, PassesOverWhatAnotherNodeIsTaking) {
  if (GetParam() == storage::Engine::sqlite) GTEST_SKIP() << "one process writes at a time";
  for (auto const* kind : {"a", "a", "b", "b"}) add(kind, 1);
  auto const connection = *database()->connect(storage::Access::read_write);
  ASSERT_TRUE(connection->begin());
  Transaction other(*connection);
  EXPECT_EQ(take_jobs(other, 100, 1000, 1, {"a", "b"})->size(), 1U);
  auto const meanwhile = take(10, {"a", "b"});
  ASSERT_TRUE(connection->commit());
  EXPECT_EQ(meanwhile, "a b ");
  EXPECT_EQ(take(10, {"a", "b"}).size(), 2U) << "what the other locked and did not take";
}

/// How the engine would run the statement, a line for each step.
Result<std::string> plan_of(Transaction& tx, std::string const& sql, Transaction::Params params) {
  auto const is_sqlite = tx.engine() == storage::Engine::sqlite;
  auto const lines = TRY(tx.all((is_sqlite ? "EXPLAIN QUERY PLAN " : "EXPLAIN ") + sql, params,
                                [&](storage::Row const& row) { return std::string(row.text(is_sqlite ? 3 : 0)); }));
  return fmt::format("{}", fmt::join(lines, "\n"));
}

int count_of(std::string_view word, std::string_view text) {
  int count = 0;
  for (auto at = text.find(word); at != text.npos; at = text.find(word, at + 1)) ++count;
  return count;
}

TEST_P(JobQueueTest, LooksWhereEachKindBeginsHoweverManyOthersWait) {
  add_many("others", 10'000);
  auto const expect_two_searches = [&](std::string const& plan) {
    auto const is_sqlite = GetParam() == storage::Engine::sqlite;
    EXPECT_EQ(count_of(is_sqlite ? "USING INDEX jobs_due (kind=?" : "using jobs_due on jobs", plan), 2) << plan;
    for (auto const* word : {"SCAN jobs", "Seq Scan", "Filter: (kind"}) EXPECT_FALSE(plan.contains(word)) << plan;
  };
  expect_two_searches(must([&](Transaction& tx) { return plan_of(tx, next_job_sql(2), {"a", "b"}); }));
  expect_two_searches(must([&](Transaction& tx) { return plan_of(tx, take_jobs_sql(tx, 2), {1, 2, 8, "a", "b"}); }));
}

}  // namespace
}  // namespace parlance::core
