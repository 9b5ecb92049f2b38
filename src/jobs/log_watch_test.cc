#include "jobs/log_watch.h"

#include "jobs/testing.h"

namespace parlance::jobs {
namespace {

using namespace std::chrono_literals;

/// Whoever follows a conversation, or is a user.
struct Follower final : realtime::Subscriber {
  void on_event(realtime::Delivery const&) override {}
  void on_signal(realtime::SignalDelivery const&) override {}
  void on_move(realtime::Moved const& move) override { heard += std::to_string(move.offset) + " "; }
  std::string heard;
};

/// Another node: it writes to the same database, and nothing of it is heard.
class LogWatchTest : public JobsTest {
 protected:
  void SetUp() override {
    JobsTest::SetUp();
    if (IsSkipped()) return;
    other_ = *storage::WriteLanes::open(*database(), {});
    watch_.emplace(*reads_, *broker_, LogWatchOptions{.interval = 20ms, .interval_alone = 20ms, .patience = 20ms});
    watch_->start();
    // What is there at its first look is not news.
    std::this_thread::sleep_for(200ms);
  }

  void TearDown() override {
    if (watch_) watch_->stop();
    if (other_) other_->stop();
    JobsTest::TearDown();
  }

  void send_elsewhere() {
    core::NewMessage const input{.conversation = room_, .text = "x"};
    unwrap(other_->run(room_.value, [&](storage::Transaction& tx) { return core::send_message(tx, anna_, input); }));
  }

  std::unique_ptr<storage::WriteLanes> other_;
  std::optional<LogWatch> watch_;
};
PARLANCE_TEST_ON_EVERY_ENGINE(LogWatchTest);

TEST_P(LogWatchTest, PointsOutOnceWhatNobodyHasAnnounced) {
  Follower follower;
  auto const subscription = broker_->hub(executor_).subscribe(tenant_, room_, follower);
  send_elsewhere();
  EXPECT_TRUE(eventually([&] { return !follower.heard.empty(); }));
  auto const heard = follower.heard;
  std::this_thread::sleep_for(200ms);
  executor_.run();
  EXPECT_EQ(follower.heard, heard);
  send_elsewhere();
  EXPECT_TRUE(eventually([&] { return follower.heard.size() > heard.size(); }));
}

TEST_P(LogWatchTest, SaysNothingOfWhatWasAnnounced) {
  Follower follower;
  auto const subscription = broker_->hub(executor_).subscribe(tenant_, room_, follower);
  core::NewMessage const input{.conversation = room_, .text = "x"};
  write([&](storage::Transaction& tx) { return core::send_message(tx, anna_, input); });
  std::this_thread::sleep_for(300ms);
  executor_.run();
  EXPECT_EQ(follower.heard, "");
}

TEST_P(LogWatchTest, TellsUsersOfConversationsThatTheyAreIn) {
  Follower follower;
  auto const subscription = broker_->hub(executor_).subscribe_user(tenant_, bert_.user, follower);
  core::NewConversation room;
  room.members = {anna_.user, bert_.user};
  unwrap(other_->run(1, [&](storage::Transaction& tx) { return core::create_conversation(tx, anna_, room); }));
  EXPECT_TRUE(eventually([&] { return !follower.heard.empty(); }));
}

}  // namespace
}  // namespace parlance::jobs
