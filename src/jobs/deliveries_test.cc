#include "jobs/deliveries.h"

#include "core/notifications.h"
#include "jobs/testing.h"

namespace parlance::jobs {
namespace {

using namespace std::chrono_literals;

/// What a connected user is told.
struct Ear final : realtime::Subscriber {
  void on_event(realtime::Delivery const&) override {}
  void on_signal(realtime::SignalDelivery const& signal) override {
    if (signal->kind != realtime::SignalKind::notification) return;
    heard += signal->notification->topic + signal->notification->payload + " ";
  }
  std::string heard;
};

class DeliveriesTest : public JobsTest {
 protected:
  void notify(std::vector<std::string> users) {
    core::NewNotification const input{.topic = "news", .payload = R"({"n":1})", .user_ids = std::move(users)};
    write([&](storage::Transaction& tx) { return core::create_notification(tx, anna_, input); });
  }
  void connect(core::Caller const& caller, Ear& ear) {
    subscriptions_.push_back(broker_->hub(executor_).subscribe_user(tenant_, caller.user, ear));
    connections_.push_back(presence_->connect(tenant_, caller.user, caller.external_id));
    executor_.run();
  }
  void disconnect_all() {
    connections_.clear();
    subscriptions_.clear();
  }
  std::string failed_messages() {
    std::string text;
    for (auto const& failed :
         read([&](storage::Transaction& tx) { return core::list_failed_messages(tx, tenant_, 10); }))
      text += failed.external_id + " " + std::to_string(failed.attempts) + " " + failed.error + "\n";
    return text;
  }
  bool is_dispatched() {
    return count("SELECT COUNT(*) FROM conversations WHERE dispatch_from IS NOT NULL") == 0 &&
           count("SELECT COUNT(*) FROM jobs WHERE state = 0") == 0;
  }

  std::vector<realtime::Subscription> subscriptions_;
  std::vector<realtime::Presence::Connection> connections_;
};
PARLANCE_TEST_ON_EVERY_ENGINE(DeliveriesTest);

TEST_P(DeliveriesTest, BringsANotificationAtOnceToWhoIsConnected) {
  start();
  Ear anna;
  Ear bert;
  connect(anna_, anna);
  connect(bert_, bert);
  auto const before = std::chrono::steady_clock::now();
  notify({"anna", "bert"});
  EXPECT_TRUE(eventually([&] { return !anna.heard.empty() && !bert.heard.empty(); }));
  EXPECT_LT(std::chrono::steady_clock::now() - before, 1s);
  EXPECT_EQ(anna.heard, "news{\"n\":1} ");
  EXPECT_TRUE(eventually([&] { return count("SELECT COUNT(*) FROM notifications") == 0; }));
  // It is counted after its commit.
  EXPECT_TRUE(eventually([&] { return worker_->statistics()["notification_delivery"].done == 2; }));
  EXPECT_EQ(worker_->statistics().at("notification_delivery"), (AttemptCounts{.done = 2}));
}

TEST_P(DeliveriesTest, LeavesANotificationToTheNodeThatHasTheRecipient) {
  start({.retry = {.base = 1h, .max_attempts = 1}});
  presence_->note("another", {tenant_, bert_.user, "bert", true, now()});
  notify({"bert"});
  EXPECT_TRUE(eventually([&] {
    return count("SELECT COUNT(*) FROM notification_deliveries WHERE last_attempt_at > 0 AND attempts = 0") == 1;
  }));
  EXPECT_EQ(count("SELECT COUNT(*) FROM notification_deliveries WHERE state = 0 AND last_error = ''"), 1);
  EXPECT_FALSE(worker_->statistics().contains("notification_delivery"));
  Ear bert;
  connect(bert_, bert);
  EXPECT_TRUE(eventually([&] { return bert.heard == "news{\"n\":1} "; }));
}

TEST_P(DeliveriesTest, KeepsANotificationUntilItsRecipientConnects) {
  start({.retry = {.base = 1h, .max_attempts = 3}});
  notify({"bert"});
  EXPECT_TRUE(eventually(
      [&] { return count("SELECT COUNT(*) FROM notification_deliveries WHERE last_error = 'user offline'") == 1; }));
  Ear bert;
  connect(bert_, bert);
  EXPECT_TRUE(eventually([&] { return bert.heard == "news{\"n\":1} "; }));
}

TEST_P(DeliveriesTest, ReachesWhoReconnectsWithinTheGracePeriod) {
  start({.retry = {.base = 1h, .max_attempts = 3}});
  Ear first;
  connect(bert_, first);
  disconnect_all();
  notify({"bert"});
  EXPECT_TRUE(
      eventually([&] { return count("SELECT COUNT(*) FROM notification_deliveries WHERE attempts = 1") == 1; }));
  Ear second;
  connect(bert_, second);
  EXPECT_TRUE(eventually([&] { return second.heard == "news{\"n\":1} "; }));
  EXPECT_EQ(first.heard, "");
}

TEST_P(DeliveriesTest, GivesANotificationUpAfterTheLastAttempt) {
  start();
  notify({"bert"});
  EXPECT_TRUE(eventually([&] { return count("SELECT COUNT(*) FROM notification_deliveries WHERE state = 1") == 1; }));
  auto const failed = read([&](storage::Transaction& tx) { return core::list_failed_notifications(tx, tenant_, 10); });
  ASSERT_EQ(failed.size(), 1U);
  EXPECT_EQ(failed[0].attempts, 3);
  EXPECT_EQ(failed[0].last_error, "user offline");

  Ear bert;
  connect(bert_, bert);
  write([&](storage::Transaction& tx) { return core::redrive_notification(tx, tenant_, failed[0].notification.id); });
  EXPECT_TRUE(eventually([&] { return bert.heard == "news{\"n\":1} "; }));
}

TEST_P(DeliveriesTest, CountsMessagesToWhoStaysAwayAsFailed) {
  start();
  send(anna_, "one");
  send(anna_, "two");
  EXPECT_TRUE(eventually([&] { return count("SELECT COUNT(*) FROM message_deliveries WHERE state = 1") == 1; }));
  EXPECT_EQ(failed_messages(), "bert 3 user offline\nbert 3 user offline\n") << "and none for their sender";
}

TEST_P(DeliveriesTest, OpensNoDeliveryForWhoIsConnected) {
  start();
  Ear bert;
  connect(bert_, bert);
  send(anna_, "one");
  EXPECT_TRUE(eventually([&] { return is_dispatched(); }));
  EXPECT_EQ(count("SELECT COUNT(*) FROM message_deliveries"), 0);
}

TEST_P(DeliveriesTest, ForgetsMissedMessagesWhenTheUserConnects) {
  start({.retry = {.base = 1h}});
  send(anna_, "one");
  EXPECT_TRUE(eventually([&] { return count("SELECT COUNT(*) FROM message_deliveries") == 1; }));
  Ear bert;
  connect(bert_, bert);
  EXPECT_TRUE(eventually([&] { return count("SELECT COUNT(*) FROM message_deliveries") == 0; }));
}

TEST_P(DeliveriesTest, DispatchesEachMessageOnceInRuns) {
  start({.retry = {.base = 1h}});
  send(anna_, "one");
  send(bert_, "two");
  EXPECT_TRUE(eventually([&] { return is_dispatched(); }));
  send(anna_, "three");
  EXPECT_TRUE(eventually([&] { return is_dispatched(); }));
  auto const runs = read([&](storage::Transaction& tx) {
    return tx.all(
        "SELECT u.external_id, d.first_seq, d.last_seq FROM message_deliveries d JOIN users u"
        " ON u.id = d.user_id ORDER BY d.first_seq, u.external_id",
        {}, [](storage::Row const& row) {
          return std::string(row.text(0)) + " " + std::to_string(row.integer(1)) + "-" + std::to_string(row.integer(2));
        });
  });
  EXPECT_EQ(runs, (std::vector<std::string>{"anna 1-2", "bert 1-2", "bert 3-3"}));
}

}  // namespace
}  // namespace parlance::jobs
