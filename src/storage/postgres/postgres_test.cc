#include <barrier>
#include <thread>

#include "storage/read_pool.h"
#include "storage/testing.h"
#include "storage/write_lane.h"

namespace parlance::storage {
namespace {

class PostgresTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!TestDatabase::is_available(Engine::postgres)) GTEST_SKIP() << "PARLANCE_TEST_POSTGRES is not set";
    database_ = std::make_unique<TestDatabase>(Engine::postgres);
    script(
        "CREATE TABLE counter (id BIGINT PRIMARY KEY, value BIGINT NOT NULL);"
        "INSERT INTO counter SELECT id, 0 FROM generate_series(1, 100) AS id");
  }

  TestDatabase& database() { return *database_; }

  void script(std::string const& sql) { ASSERT_TRUE(database()->connect(Access::read_write).value()->script(sql)); }

  void cross_lanes(std::function<Result<void>(Transaction&, std::int64_t)> const& step);

  /// Ends the server's side of the connection that `run` runs verbs on.
  template <typename Run>
  void terminate_backend(Run run) {
    auto const backend = run([](Transaction& transaction) {
      return transaction.one("SELECT pg_backend_pid()", {}, [](Row const& row) { return row.integer(0); });
    });
    script("SELECT pg_terminate_backend(" + std::to_string(backend.value()) + ")");
  }

 private:
  std::unique_ptr<TestDatabase> database_;
};

Result<std::int64_t> add(Transaction& transaction, std::int64_t id) {
  return transaction.execute("UPDATE counter SET value = value + 1 WHERE id = $1", {id});
}

/// The outcome of the first run that does not answer unavailable, within a few seconds.
template <typename Run>
auto until_available(Run run) {
  auto result = run();
  for (int attempt = 0; attempt < 100 && !result && result.error().code == Errc::unavailable; ++attempt) {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    result = run();
  }
  return result;
}

TEST_F(PostgresTest, ALaneComesBackAfterItsConnectionIsLost) {
  auto const lanes = WriteLanes::open(*database(), {.lanes = 1}).value();
  auto const run = [&](auto verb) { return lanes->run(1, verb); };
  terminate_backend(run);
  auto const put = [&] { return run([](Transaction& transaction) { return add(transaction, 1); }); };
  EXPECT_EQ(Errc::unavailable, put().error().code);
  EXPECT_EQ(1, until_available(put).value());
}

TEST_F(PostgresTest, WhatWasPostedIsLostWithTheConnection) {
  auto const lanes = WriteLanes::open(*database(), {.lanes = 1}).value();
  bool cut = true;
  auto const put = [&] {
    return lanes->run(1, [&](Transaction& transaction) -> Result<void> {
      TRY(transaction.post("UPDATE counter SET value = value + 1 WHERE id = $1", {1}));
      if (std::exchange(cut, false)) terminate_backend([&](auto verb) { return verb(transaction); });
      return transaction.post("UPDATE counter SET value = value + 1 WHERE id = $1", {2});
    });
  };
  EXPECT_EQ(Errc::unavailable, put().error().code);
  ASSERT_TRUE(until_available(put));
  auto const sum = [](Transaction& transaction) {
    return transaction.one("SELECT sum(value) FROM counter", {}, [](Row const& row) { return row.integer(0); });
  };
  EXPECT_EQ(2, lanes->run(1, sum).value());
}

TEST_F(PostgresTest, AReaderComesBackAfterItsConnectionIsLost) {
  auto const readers = ReadPool::open(*database(), {.threads = 1}).value();
  auto const run = [&](auto verb) { return readers->run(verb); };
  terminate_backend(run);
  auto const read = [&] {
    return run([](Transaction& transaction) {
      return transaction.one("SELECT count(*) FROM counter", {}, [](Row const& row) { return row.integer(0); });
    });
  };
  EXPECT_EQ(Errc::unavailable, read().error().code);
  EXPECT_EQ(100, until_available(read).value());
}

/// Two lanes add to the same rows in opposite orders, the second time by `step`, and must both succeed in the end.
void PostgresTest::cross_lanes(std::function<Result<void>(Transaction&, std::int64_t)> const& step) {
  script("ALTER DATABASE postgres SET deadlock_timeout = '50ms'");
  auto const lanes = WriteLanes::open(*database(), {.lanes = 8}).value();
  std::barrier both(2);
  std::array<std::atomic<int>, 2> runs = {};
  auto const cross = [&](int side) {
    return [&, side](Transaction& transaction) -> Result<void> {
      TRY(add(transaction, side == 0 ? 1 : 2));
      if (runs[static_cast<std::size_t>(side)]++ == 0) both.arrive_and_wait();
      TRY(step(transaction, side == 0 ? 2 : 1));
      return {};
    };
  };
  {
    std::jthread const first([&] { EXPECT_TRUE(lanes->run(1, cross(0))); });
    std::jthread const second([&] { EXPECT_TRUE(lanes->run(2, cross(1))); });
  }
  script("ALTER DATABASE postgres RESET deadlock_timeout");
  EXPECT_GE(runs[0] + runs[1], 3);
  auto const sum = [](Transaction& transaction) {
    return transaction.one("SELECT sum(value) FROM counter", {}, [](Row const& row) { return row.integer(0); });
  };
  EXPECT_EQ(4, lanes->run(1, sum).value());
}

TEST_F(PostgresTest, LanesThatDeadlockBothSucceedInTheEnd) {
  cross_lanes([](Transaction& transaction, std::int64_t id) -> Result<void> {
    TRY(add(transaction, id));
    return {};
  });
}

TEST_F(PostgresTest, LanesThatDeadlockOverWhatTheyPostedBothSucceedInTheEnd) {
  cross_lanes([](Transaction& transaction, std::int64_t id) -> Result<void> {
    TRY(transaction.post("UPDATE counter SET value = value + 1 WHERE id = $1", {id}));
    TRY(transaction.execute("SELECT 1"));
    return {};
  });
}

TEST(PostgresOpen, SaysWhereThereIsNoServer) {
  auto const database = Database::open({.url = "postgresql://nobody@127.0.0.1:1/none"});
  ASSERT_FALSE(database);
  EXPECT_EQ(Errc::unavailable, database.error().code);
}

}  // namespace
}  // namespace parlance::storage
