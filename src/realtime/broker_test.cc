#include "realtime/broker.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>

#include "realtime/testing.h"

namespace parlance::realtime {
namespace {

constexpr TenantId kTenant{1};
constexpr ConversationId kRoom{10};

struct Recorder final : Subscriber {
  void on_event(Delivery const& delivery) override { heard += std::to_string(delivery->event.offset) + " "; }
  void on_signal(SignalDelivery const& signal) override { heard += signal->actor_external_id + " "; }
  void on_doubt() override { heard += "doubt "; }
  std::string heard;
};

struct RecordingBus final : Bus {
  std::string const& node() const override { return name; }
  Result<void> start(BusReceiver& bus_receiver) override {
    receiver = &bus_receiver;
    return {};
  }
  void stop() override {}
  void publish(std::vector<model::LiveEvent> const& events) override {
    for (auto const& live : events) sent += std::to_string(live.event.offset) + " ";
  }
  void send(Signal const& signal) override { sent += signal.actor_external_id + " "; }
  void tell(Note const& note) override { sent += note.topic + ">" + note.to + ":" + note.body + " "; }
  BusState state() const override { return {}; }

  std::string name = "a";
  std::string sent;
  BusReceiver* receiver = nullptr;
};

model::LiveEvent event(std::int64_t offset, model::EventKind kind = model::EventKind::message_added) {
  model::LiveEvent live;
  live.event.tenant = kTenant;
  live.event.conversation = kRoom;
  live.event.offset = offset;
  live.event.kind = kind;
  return live;
}

Signal typing(std::string who) {
  Signal signal;
  signal.tenant = kTenant;
  signal.actor_external_id = std::move(who);
  signal.conversations = {kRoom};
  return signal;
}

struct BrokerTest : ::testing::Test {
  BrokerTest() {
    auto own_bus = std::make_unique<RecordingBus>();
    bus = own_bus.get();
    broker.emplace(std::vector<Executor*>{&executors[0], &executors[1]}, std::move(own_bus));
  }

  testing::ManualExecutor executors[2];
  RecordingBus* bus = nullptr;
  std::optional<Broker> broker;
};

TEST_F(BrokerTest, TakesABatchToEveryHubInOnePost) {
  Recorder recorders[2];
  Subscription const subscriptions[] = {broker->hub(executors[0]).subscribe(kTenant, kRoom, recorders[0]),
                                        broker->hub(executors[1]).subscribe(kTenant, kRoom, recorders[1])};
  ASSERT_TRUE(broker->start());
  broker->publish({event(1), event(2), event(3)});
  for (auto index : {0, 1}) {
    EXPECT_EQ(recorders[index].heard, "");
    EXPECT_TRUE(executors[index].run_one());
    EXPECT_FALSE(executors[index].run_one());
    EXPECT_EQ(recorders[index].heard, "1 2 3 ");
  }
  EXPECT_EQ(bus->sent, "1 2 3 ");
}

TEST_F(BrokerTest, TellsListenersAtOnceAndSubscribersNothingOfWakeUps) {
  int woken = 0;
  broker->on_event([&](model::LiveEvent const& live) { woken += live.event.kind == model::EventKind::job_added; });
  ASSERT_TRUE(broker->start());
  broker->publish({event(0, model::EventKind::job_added)});
  EXPECT_EQ(woken, 1);
  EXPECT_FALSE(executors[0].run_one());
}

TEST_F(BrokerTest, HandsOutWhatOtherNodesSendWithoutSendingItBack) {
  Recorder recorder;
  auto const subscription = broker->hub(executors[1]).subscribe(kTenant, kRoom, recorder);
  ASSERT_TRUE(broker->start());
  bus->receiver->on_remote_events({event(4)});
  bus->receiver->on_remote_signal(typing("bert"));
  bus->receiver->on_remote_loss();
  broker->send(typing("anna"));
  executors[1].run();
  EXPECT_EQ(recorder.heard, "4 bert doubt anna ");
  EXPECT_EQ(bus->sent, "anna ");
}

TEST_F(BrokerTest, SendsNothingToOtherNodesThatOnlyWakesThisOne) {
  ASSERT_TRUE(broker->start());
  broker->publish({event(1), event(0, model::EventKind::job_added), event(2)});
  broker->publish({event(0, model::EventKind::job_added)});
  EXPECT_EQ(bus->sent, "1 2 ");
}

TEST_F(BrokerTest, PointsOutEventsToWhoeverFollowsTheirConversationOrIsTheirSubject) {
  Recorder recorders[3];
  auto& hub = broker->hub(executors[0]);
  Subscription const subscriptions[] = {hub.subscribe(kTenant, kRoom, recorders[0]),
                                        hub.subscribe_user(kTenant, UserId{7}, recorders[1]),
                                        hub.subscribe(kTenant, ConversationId{11}, recorders[2])};
  std::int64_t moved = 0;
  broker->on_move([&](Moved const& move) { moved += move.offset; });
  ASSERT_TRUE(broker->start());
  broker->point_out({{kTenant, kRoom, UserId{7}, 5}, {kTenant, kRoom, {}, 6}});
  executors[0].run();
  EXPECT_EQ(moved, 11);
  EXPECT_EQ(recorders[0].heard, "doubt doubt ");
  EXPECT_EQ(recorders[1].heard, "doubt ");
  EXPECT_EQ(recorders[2].heard, "");
}

TEST_F(BrokerTest, TakesNotesToTheListenersOfTheirTopic) {
  std::string heard;
  broker->on_note("one", [&](Note const& note) { heard += note.from + "=" + note.body + " "; });
  ASSERT_TRUE(broker->start());
  bus->receiver->on_remote_note({.topic = "one", .from = "b", .to = "", .body = "hello"});
  bus->receiver->on_remote_note({.topic = "two", .from = "b", .to = "", .body = "other"});
  broker->tell("one", "body", "c");
  EXPECT_EQ(heard, "b=hello ");
  EXPECT_EQ(bus->sent, "one>c:body ");
}

}  // namespace
}  // namespace parlance::realtime
