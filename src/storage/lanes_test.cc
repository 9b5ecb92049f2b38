#include <signal.h>
#include <sys/wait.h>

#include <condition_variable>
#include <semaphore>
#include <set>
#include <thread>

#include "base/guarded.h"
#include "storage/read_pool.h"
#include "storage/testing.h"
#include "storage/write_lane.h"

namespace parlance::storage {
namespace {

constexpr std::string_view kInsert = "INSERT INTO entry (name) VALUES ($1)";

Result<std::string> read_names(Transaction& transaction) {
  std::string names;
  TRY(transaction.each("SELECT name FROM entry ORDER BY name", {},
                       [&](Row const& row) { names += std::string(row.text(0)) + " "; }));
  return names;
}

/// A verb that inserts `name`, announces `offset`, and then ends as `ending`.
Verb insert(std::string name, std::int64_t offset = 0, Result<void> ending = {}) {
  return [=](Transaction& transaction) -> Result<void> {
    TRY(transaction.execute(kInsert, {name}));
    if (offset > 0) transaction.announce({.event = {.offset = offset}, .message = nullptr});
    return ending;
  };
}

/// The same without looking at the outcome.
Verb post(std::string name, std::int64_t offset) {
  return [=](Transaction& transaction) -> Result<void> {
    TRY(transaction.post(kInsert, {name}));
    transaction.announce({.event = {.offset = offset}, .message = nullptr});
    return {};
  };
}

class LanesTest : public EngineTest {
 protected:
  void SetUp() override {
    EngineTest::SetUp();
    if (IsSkipped()) return;
    auto const sql = expand_macros("CREATE TABLE entry (id @id, name TEXT NOT NULL UNIQUE)", GetParam()).value();
    ASSERT_TRUE(database()->connect(Access::read_write).value()->script(sql));
    start({});
  }

  void start(LaneOptions options) {
    lanes_.reset();
    options.lanes = 1;
    options.on_commit = [this](std::vector<model::LiveEvent> const& events) {
      for (auto const& live : events) announced_ += std::to_string(live.event.offset) + " ";
    };
    lanes_ = WriteLanes::open(*database(), std::move(options)).value();
  }

  /// Holds the lane up, so that what is submitted meanwhile becomes one batch.
  void hold() {
    std::binary_semaphore held(0);
    lanes_->submit(
        0,
        [this, &held](Transaction&) -> Result<void> {
          held.release();
          released_.acquire();
          return {};
        },
        [](Result<void>) {});
    held.acquire();
  }

  /// Submits in the order of calls; finish() tells how each ended.
  void submit(std::string name, Verb verb) {
    lanes_->submit(++key_, std::move(verb), [this, name](Result<void> result) {
      outcomes_ += name + (result ? "" : ":" + std::to_string(static_cast<int>(result.error().code))) + " ";
    });
  }

  void release() { released_.release(); }

  std::string finish() {
    release();
    lanes_->stop();
    return outcomes_;
  }

  std::string stored() {
    auto const connection = database()->connect(Access::read_only).value();
    Transaction transaction(*connection);
    return read_names(transaction).value();
  }

  std::string refused(std::string const& name) const {
    return name + ":" + std::to_string(static_cast<int>(Errc::unavailable)) + " ";
  }

  std::string announced_;
  std::string outcomes_;
  std::int64_t key_ = 0;
  std::binary_semaphore released_{0};
  std::unique_ptr<WriteLanes> lanes_;
};
PARLANCE_TEST_ON_EVERY_ENGINE(LanesTest);

TEST_P(LanesTest, CommitsABatchOnce) {
  hold();
  for (auto const name : {"a", "b", "c"}) submit(name, insert(name, key_ + 1));
  EXPECT_EQ("a b c ", finish());
  EXPECT_EQ("a b c ", stored());
  EXPECT_EQ("1 2 3 ", announced_);
  auto const statistics = lanes_->statistics();
  EXPECT_EQ(2u, statistics.batches);  // the first is that of hold()
  EXPECT_EQ(4u, statistics.commands);
  EXPECT_EQ(0u, statistics.replays);
}

TEST_P(LanesTest, AVerbThatFailsBeforeWritingFailsAlone) {
  hold();
  submit("a", insert("a", 1));
  submit("b", [](Transaction& transaction) -> Result<void> {
    transaction.announce({});
    return fail(Errc::not_found, "no");
  });
  submit("c", insert("c", 2));
  EXPECT_EQ("a b:" + std::to_string(static_cast<int>(Errc::not_found)) + " c ", finish());
  EXPECT_EQ("a c ", stored());
  EXPECT_EQ("1 2 ", announced_);
  EXPECT_EQ(0u, lanes_->statistics().replays);
}

TEST_P(LanesTest, AVerbThatFailsAfterWritingFailsAlone) {
  hold();
  submit("a", insert("a", 1));
  submit("b", insert("b", 2, fail(Errc::forbidden, "no")));
  submit("c", insert("c", 3));
  EXPECT_EQ("a b:" + std::to_string(static_cast<int>(Errc::forbidden)) + " c ", finish());
  EXPECT_EQ("a c ", stored());
  EXPECT_EQ("1 3 ", announced_);
  EXPECT_EQ(1u, lanes_->statistics().replays);
}

TEST_P(LanesTest, AStatementThatFailsFailsAlone) {
  hold();
  submit("a", insert("a", 1));
  submit("a2", insert("a", 2));
  submit("c", insert("c", 3));
  EXPECT_EQ("a a2:" + std::to_string(static_cast<int>(Errc::conflict)) + " c ", finish());
  EXPECT_EQ("a c ", stored());
  EXPECT_EQ("1 3 ", announced_);
}

TEST_P(LanesTest, APostedStatementThatFailsFailsAlone) {
  hold();
  submit("a", post("a", 1));
  submit("a2", post("a", 2));
  submit("c", insert("c", 3));
  submit("c2", post("c", 4));
  submit("d", post("d", 5));
  auto const conflict = ":" + std::to_string(static_cast<int>(Errc::conflict)) + " ";
  EXPECT_EQ("a a2" + conflict + "c c2" + conflict + "d ", finish());
  EXPECT_EQ("a c d ", stored());
  EXPECT_EQ("1 3 5 ", announced_);
}

TEST_P(LanesTest, APostedStatementThatFailsLastFailsAlone) {
  hold();
  submit("a", insert("a", 1));
  submit("a2", post("a", 2));
  EXPECT_EQ("a a2:" + std::to_string(static_cast<int>(Errc::conflict)) + " ", finish());
  EXPECT_EQ("a ", stored());
  EXPECT_EQ("1 ", announced_);
}

TEST_P(LanesTest, APostedFailureStaysWithItsVerbAmongOthersThatFail) {
  hold();
  submit("a", post("a", 1));
  submit("b", insert("b", 2, fail(Errc::forbidden, "no")));
  submit("a2", post("a", 3));
  submit("c", post("c", 4));
  EXPECT_EQ("a b:" + std::to_string(static_cast<int>(Errc::forbidden)) +
                " a2:" + std::to_string(static_cast<int>(Errc::conflict)) + " c ",
            finish());
  EXPECT_EQ("a c ", stored());
  EXPECT_EQ("1 4 ", announced_);
}

TEST_P(LanesTest, AVerbAloneFailsByWhatItPosted) {
  auto const twice = [](Transaction& transaction) -> Result<void> {
    TRY(transaction.post(kInsert, {"a"}));
    return transaction.post(kInsert, {"a"});
  };
  EXPECT_EQ(Errc::conflict, lanes_->run(1, twice).error().code);
  EXPECT_EQ("", stored());
}

TEST_P(LanesTest, AVerbAloneFailsWithoutAReplay) {
  auto const failing = [](Transaction& transaction) -> Result<int> {
    TRY(transaction.execute(kInsert, {"a"}));
    return fail(Errc::forbidden, "no");
  };
  EXPECT_EQ(Errc::forbidden, lanes_->run(1, failing).error().code);
  EXPECT_EQ("", stored());
  EXPECT_EQ(0u, lanes_->statistics().replays);
}

TEST_P(LanesTest, SurvivesAnException) {
  hold();
  submit("a", insert("a", 1));
  submit("b", [](Transaction& transaction) -> Result<void> {
    std::ignore = transaction.execute(kInsert, {"b"});
    throw std::runtime_error("a bug");
  });
  submit("c", insert("c", 2));
  EXPECT_EQ("a b:" + std::to_string(static_cast<int>(Errc::internal)) + " c ", finish());
  EXPECT_EQ("a c ", stored());
  EXPECT_EQ("1 2 ", announced_);
}

TEST_P(LanesTest, CapsABatch) {
  start({.batch_cap = 2});
  hold();
  for (auto const name : {"a", "b", "c", "d", "e"}) submit(name, insert(name));
  EXPECT_EQ("a b c d e ", finish());
  EXPECT_EQ(4u, lanes_->statistics().batches);
}

TEST_P(LanesTest, RefusesWhatDoesNotFitTheQueue) {
  start({.queue_cap = 1});
  hold();
  submit("a", insert("a"));
  submit("b", insert("b"));
  EXPECT_EQ(refused("b"), outcomes_);
  EXPECT_EQ(refused("b") + "a ", finish());
  EXPECT_EQ(1u, lanes_->statistics().refused);
}

TEST_P(LanesTest, FinishesWhatIsQueuedWhenItStops) {
  hold();
  for (int index = 0; index < 200; ++index) submit("", insert(std::to_string(index)));
  EXPECT_EQ(std::string(200, ' '), finish());
  submit("late", insert("late"));
  EXPECT_TRUE(outcomes_.ends_with(refused("late")));
  EXPECT_FALSE(stored().contains("late"));
}

TEST_P(LanesTest, ReturnsTheVerbsValue) {
  auto const verb = [](Transaction& transaction) -> Result<std::string> {
    TRY(transaction.execute(kInsert, {"a"}));
    return read_names(transaction);
  };
  EXPECT_EQ("a ", lanes_->run(7, verb).value());
}

TEST_P(LanesTest, NothingOfAFailedCommitStays) {
  hold();
  for (auto const name : {"a", "b"}) submit(name, insert(name, key_ + 1));
  database()->faults().fail_next_commits(2);
  release();
  auto const retry = [](Transaction& transaction) { return transaction.execute(kInsert, {"c"}); };
  while (!lanes_->run(9, retry)) continue;
  EXPECT_EQ(refused("a") + refused("b"), outcomes_);
  EXPECT_EQ("", announced_);
  EXPECT_EQ("c ", stored());
}

TEST_P(LanesTest, WorksAgainAfterAFailedFsync) {
  auto const put = [&](std::string const& name) {
    return lanes_->run(1, [&](Transaction& transaction) { return transaction.execute(kInsert, {name}); });
  };
  ASSERT_TRUE(put("a"));
  database()->faults().fail_next_fsyncs(1);
  EXPECT_EQ(Errc::unavailable, put("b").error().code);
  EXPECT_EQ("a ", stored());
  ASSERT_TRUE(put("c"));
  EXPECT_EQ("a c ", stored());
  lanes_.reset();
  database().close();
  database().reopen();
  EXPECT_EQ("a c ", stored());
}

TEST_P(LanesTest, WorksAgainWhenTheDiskIsNoLongerFull) {
  auto const put = [&](std::string const& name) {
    return lanes_->run(1, [&](Transaction& transaction) { return transaction.execute(kInsert, {name}); });
  };
  ASSERT_TRUE(put("a"));
  database()->faults().fail_writes(true);
  EXPECT_EQ(Errc::unavailable, put("b").error().code);
  auto const refusal = put("b").error();
  EXPECT_EQ(Errc::unavailable, refusal.code);
  EXPECT_EQ(1, refusal.retry_after_seconds);
  EXPECT_EQ("a ", stored());
  database()->faults().fail_writes(false);
  ASSERT_TRUE(put("b"));
  EXPECT_EQ("a b ", stored());
}

TEST_P(LanesTest, KeepsTheOrderOfEqualKeys) {
  std::string order;
  hold();
  for (int index = 0; index < 30; ++index)
    lanes_->submit(index % 3, insert(std::to_string(index)),
                   [&order, index](Result<void>) { order += index % 3 == 0 ? std::to_string(index) + " " : ""; });
  finish();
  EXPECT_EQ("0 3 6 9 12 15 18 21 24 27 ", order);
}

TEST_P(LanesTest, ManyLanesAndSendersLoseNothing) {
  lanes_.reset();
  std::atomic<int> events = 0;
  auto lanes =
      WriteLanes::open(
          *database(),
          {.lanes = 3,
           .on_commit = [&](std::vector<model::LiveEvent> const& batch) { events += static_cast<int>(batch.size()); }})
          .value();
  {
    std::vector<std::jthread> senders;
    for (int sender = 0; sender < 4; ++sender)
      senders.emplace_back([&, sender] {
        for (int index = 0; index < 50; ++index) {
          auto verb = insert(std::to_string(sender) + "." + std::to_string(index), 1,
                             index % 10 == 3 ? fail(Errc::forbidden, "no") : Result<void>());
          auto const run = [&](Transaction& transaction) { return verb(transaction); };
          EXPECT_EQ(index % 10 != 3, lanes->run(sender * 1000 + index, run).has_value());
        }
      });
  }
  EXPECT_EQ(180, events);
  EXPECT_EQ(180, std::ranges::count(stored(), ' '));
}

TEST_P(LanesTest, ReadersSeeWhatWasCommitted) {
  auto const readers = ReadPool::open(*database(), {.threads = 2}).value();
  for (int index = 0; index < 20; ++index) {
    auto const name = std::to_string(index);
    ASSERT_TRUE(lanes_->run(1, [&](Transaction& transaction) { return transaction.execute(kInsert, {name}); }));
    EXPECT_EQ(index + 1, std::ranges::count(readers->run(read_names).value(), ' '));
  }
}

TEST_P(LanesTest, AReaderSeesOneSnapshot) {
  auto const readers = ReadPool::open(*database(), {.threads = 1}).value();
  auto const twice = [&](Transaction& transaction) -> Result<std::string> {
    auto const before = TRY(read_names(transaction));
    EXPECT_TRUE(lanes_->run(1, [&](Transaction& writing) { return writing.execute(kInsert, {"a"}); }));
    return before + "|" + TRY(read_names(transaction));
  };
  EXPECT_EQ("|", readers->run(twice).value());
  EXPECT_EQ("a ", readers->run(read_names).value());
}

TEST_P(LanesTest, ReadersRefuseWhenFullOrStopped) {
  auto const readers = ReadPool::open(*database(), {.threads = 1, .queue_cap = 1}).value();
  std::binary_semaphore held(0);
  std::string outcomes;
  auto const submit = [&](std::string name, Verb verb) {
    readers->submit(std::move(verb),
                    [&outcomes, name](Result<void> result) { outcomes += name + (result ? " " : "! "); });
  };
  submit("a", [&](Transaction&) -> Result<void> {
    held.release();
    released_.acquire();
    return {};
  });
  held.acquire();
  submit("b", [](Transaction&) -> Result<void> { return {}; });
  submit("c", [](Transaction&) -> Result<void> { return {}; });
  EXPECT_EQ("c! ", outcomes);
  released_.release();
  readers->stop();
  submit("d", [](Transaction&) -> Result<void> { return {}; });
  EXPECT_EQ("c! a b d! ", outcomes);
}

/// Writes names 0, 1, 2… through a lane and reports each one that was acknowledged, until it is killed.
[[noreturn]] void write_until_killed(DatabaseOptions const& options, int report) {
  auto const database = Database::open(options).value();
  auto const lanes = WriteLanes::open(*database, {}).value();
  for (std::int64_t number = 0;; ++number) {
    auto const name = std::to_string(number);
    auto const put = [&](Transaction& transaction) { return transaction.execute(kInsert, {name}); };
    if (!lanes->run(number, put) || write(report, &number, sizeof number) != sizeof number) _exit(1);
  }
}

TEST_P(LanesTest, AKilledProcessLosesNothingAcknowledged) {
  lanes_.reset();
  database().close();
  int pipe_ends[2];
  ASSERT_EQ(0, pipe(pipe_ends));
  auto const child = fork();
  if (child == 0) write_until_killed(database().options(), pipe_ends[1]);
  close(pipe_ends[1]);
  std::int64_t acknowledged = -1;
  while (acknowledged < 100 && read(pipe_ends[0], &acknowledged, sizeof acknowledged) > 0) continue;
  kill(child, SIGKILL);
  while (read(pipe_ends[0], &acknowledged, sizeof acknowledged) > 0) continue;
  waitpid(child, nullptr, 0);
  close(pipe_ends[0]);
  EXPECT_GE(acknowledged, 100);
  database().reopen();
  auto const count = std::ranges::count(stored(), ' ');
  EXPECT_TRUE(count == acknowledged + 1 || count == acknowledged + 2) << count << " of " << acknowledged + 1;
}

}  // namespace
}  // namespace parlance::storage
