#include "jobs/runner.h"

#include <atomic>
#include <latch>
#include <stdexcept>

#include "core/job_queue.h"
#include "jobs/testing.h"

namespace parlance::jobs {
namespace {

using namespace std::chrono_literals;

class RunnerTest : public JobsTest {
 protected:
  void SetUp() override {
    JobsTest::SetUp();
    if (IsSkipped()) return;
    write([](storage::Transaction& tx) { return tx.execute("DELETE FROM jobs"); });
    broker_->on_event([this](model::LiveEvent const&) {
      if (runner_) runner_->wake();
    });
    runner_.emplace(*lanes_, *reads_, statistics_,
                    RunnerOptions{.retry = {.base = 20ms, .max_attempts = 3}, .poll = 50ms, .gather = 1ms});
  }
  void TearDown() override {
    if (runner_) runner_->stop();
    JobsTest::TearDown();
  }

  JobId add(std::string const& kind, std::string const& payload = "{}") {
    return write([&](storage::Transaction& tx) { return core::add_job(tx, tenant_, kind, payload, tx.now()); });
  }
  std::string dead(std::string const& kind) {
    std::string text;
    for (auto const& job : read([&](storage::Transaction& tx) { return core::list_dead_jobs(tx, tenant_, kind, 10); }))
      text += std::to_string(job.attempts) + " " + job.last_error + "\n";
    return text;
  }

  /// Attempts are counted a moment after their outcome has been written down.
  bool comes_to(std::string const& kind, AttemptCounts const& counts) {
    return eventually([&] {
      auto const snapshot = statistics_.snapshot();
      auto const found = snapshot.find(kind);
      return found != snapshot.end() && found->second == counts;
    });
  }

  Statistics statistics_;
  std::optional<Runner> runner_;
};
PARLANCE_TEST_ON_EVERY_ENGINE(RunnerTest);

TEST_P(RunnerTest, RunsEveryJobOnce) {
  std::atomic<int> sum = 0;
  runner_->handle("add", [&](model::Job const& job) -> Result<void> {
    sum += std::stoi(job.payload);
    return {};
  });
  runner_->start();
  for (int number = 1; number <= 60; ++number) add("add", std::to_string(number));
  EXPECT_TRUE(eventually([&] { return count("SELECT COUNT(*) FROM jobs") == 0; }));
  EXPECT_EQ(sum, 60 * 61 / 2);
  EXPECT_TRUE(comes_to("add", AttemptCounts{.done = 60}));
}

TEST_P(RunnerTest, RetriesUntilItSucceeds) {
  std::atomic<int> attempts = 0;
  runner_->handle("shy", [&](model::Job const&) -> Result<void> {
    if (++attempts < 3) return fail(Errc::unavailable, "not yet");
    return {};
  });
  runner_->start();
  add("shy");
  EXPECT_TRUE(eventually([&] { return count("SELECT COUNT(*) FROM jobs") == 0; }));
  EXPECT_EQ(attempts, 3);
  EXPECT_TRUE(comes_to("shy", AttemptCounts{.done = 1, .failed = 2}));
}

TEST_P(RunnerTest, LeavesADeadLetterWithTheLastError) {
  runner_->handle("bad", [](model::Job const&) -> Result<void> { return fail(Errc::unavailable, "HTTP 500"); });
  runner_->handle("bug", [](model::Job const&) -> Result<void> { throw std::runtime_error("secret detail"); });
  runner_->start();
  add("bad");
  add("bug");
  EXPECT_TRUE(eventually([&] { return count("SELECT COUNT(*) FROM jobs WHERE state = 1") == 2; }));
  EXPECT_EQ(dead("bad"), "3 HTTP 500\n");
  EXPECT_EQ(dead("bug"), "3 internal error\n");
  EXPECT_TRUE(comes_to("bad", AttemptCounts{.failed = 2, .dead = 1}));
}

TEST_P(RunnerTest, NeverGivesUpWhatIsForEver) {
  std::atomic<int> attempts = 0;
  runner_->handle(
      "dogged",
      [&](model::Job const&) -> Result<void> {
        if (++attempts < 5) return fail(Errc::unavailable, "not yet");
        return {};
      },
      Persistence::for_ever);
  runner_->start();
  add("dogged");
  EXPECT_TRUE(eventually([&] { return count("SELECT COUNT(*) FROM jobs") == 0; }));
}

TEST_P(RunnerTest, TakesOnlyTheKindsThatItHandles) {
  std::atomic<int> ran = 0;
  runner_->handle("mine", [&](model::Job const&) -> Result<void> {
    ++ran;
    return {};
  });
  runner_->start();
  add("theirs");
  add("unheard");
  add("mine");
  EXPECT_TRUE(eventually([&] { return ran == 1; }));
  EXPECT_TRUE(eventually([&] { return count("SELECT COUNT(*) FROM jobs WHERE attempts = 0") == 2; }));
}

TEST_P(RunnerTest, GivesBackWhatItDidNotGetTo) {
  std::latch has_begun(2);
  std::latch may_end(1);
  std::atomic<int> ran = 0;
  runner_->handle("slow", [&](model::Job const&) -> Result<void> {
    if (++ran > 2) return {};
    has_begun.count_down();
    may_end.wait();
    return {};
  });
  for (int number = 0; number < 6; ++number) add("slow");
  runner_->start();
  has_begun.wait();
  std::jthread const stopper([&] { runner_->stop(); });
  std::this_thread::sleep_for(20ms);
  may_end.count_down();
  EXPECT_TRUE(
      eventually([&] { return count("SELECT COUNT(*) FROM jobs WHERE run_at <= " + std::to_string(now())) == 4; }));
  EXPECT_EQ(ran, 2);
}

TEST_P(RunnerTest, GivesBackWhatWasCutOff) {
  std::stop_source cut_off;
  runner_.emplace(*lanes_, *reads_, statistics_, RunnerOptions{.poll = 50ms, .cut_off = cut_off.get_token()});
  std::latch has_begun(1);
  runner_->handle("slow", [&](model::Job const&) -> Result<void> {
    has_begun.count_down();
    while (!cut_off.stop_requested()) std::this_thread::sleep_for(1ms);
    return fail(Errc::unavailable, "cut off");
  });
  add("slow");
  runner_->start();
  has_begun.wait();
  runner_->begin_stop();
  auto const began = std::chrono::steady_clock::now();
  runner_->wait_for_running(began + 50ms);
  EXPECT_GE(std::chrono::steady_clock::now() - began, 50ms) << "it still runs";
  cut_off.request_stop();
  runner_->wait_for_running(began + 10s);
  EXPECT_LT(std::chrono::steady_clock::now() - began, 5s);
  runner_->stop();
  auto const due = "SELECT COUNT(*) FROM jobs WHERE state = 0 AND last_error = '' AND run_at <= ";
  EXPECT_EQ(count(due + std::to_string(now())), 1);
  EXPECT_TRUE(statistics_.snapshot().empty());
}

TEST_P(RunnerTest, WritesDownWhatItDidOnceTheDiskPlaysAlongAgain) {
  std::atomic<int> ran = 0;
  runner_->handle("once", [&](model::Job const&) -> Result<void> {
    ++ran;
    database()->faults().fail_next_commits(1);
    return {};
  });
  runner_->start();
  add("once");
  EXPECT_TRUE(eventually([&] { return count("SELECT COUNT(*) FROM jobs") == 0; }));
  EXPECT_EQ(ran, 1);
}

}  // namespace
}  // namespace parlance::jobs
