#include "realtime/hub.h"

#include <gtest/gtest.h>

#include <functional>
#include <optional>
#include <string>

#include "realtime/testing.h"

namespace parlance::realtime {
namespace {

constexpr TenantId kTenant{1};
constexpr ConversationId kRoom{10};
constexpr ConversationId kOther{11};
constexpr UserId kAnna{100};

struct Recorder final : Subscriber {
  void on_event(Delivery const& delivery) override {
    heard += std::to_string(delivery->event.offset) + " ";
    if (then) then();
  }
  void on_signal(SignalDelivery const&) override { heard += "signal "; }
  void on_doubt() override { heard += "doubt "; }

  std::string heard;
  std::function<void()> then;
};

Delivery event(ConversationId conversation, std::int64_t offset,
               model::EventKind kind = model::EventKind::message_added, UserId subject = {}) {
  model::LiveEvent live;
  live.event.tenant = kTenant;
  live.event.conversation = conversation;
  live.event.offset = offset;
  live.event.kind = kind;
  live.event.subject = subject;
  return Delivery(live);
}

struct HubTest : ::testing::Test {
  testing::ManualExecutor executor;
  Hub hub{executor};
};

TEST_F(HubTest, DeliversToTheSubscribersOfTheConversationOnly) {
  Recorder first;
  Recorder second;
  auto const keep_first = hub.subscribe(kTenant, kRoom, first);
  auto const keep_second = hub.subscribe(kTenant, kOther, second);
  auto const foreign = hub.subscribe(TenantId{2}, kRoom, second);
  hub.deliver({event(kRoom, 1), event(kOther, 7), event(kRoom, 2)});
  EXPECT_EQ(first.heard, "1 2 ");
  EXPECT_EQ(second.heard, "7 ");
  EXPECT_EQ(hub.size(), 3U);
}

TEST_F(HubTest, ForgetsWhoHasGone) {
  Recorder recorder;
  {
    auto const subscription = hub.subscribe(kTenant, kRoom, recorder);
    auto const again = hub.subscribe(kTenant, kRoom, recorder);
    hub.deliver({event(kRoom, 1)});
  }
  hub.deliver({event(kRoom, 2)});
  EXPECT_EQ(recorder.heard, "1 ") << "subscribed twice, delivered once, then not at all";
  EXPECT_EQ(hub.size(), 0U);
}

TEST_F(HubTest, TellsAUserThatItWasAdded) {
  Recorder recorder;
  auto const user = hub.subscribe_user(kTenant, kAnna, recorder);
  hub.deliver({event(kRoom, 1, model::EventKind::member_added, kAnna), event(kRoom, 2),
               event(kRoom, 3, model::EventKind::reaction_added, kAnna),
               event(kRoom, 4, model::EventKind::member_added, UserId{101})});
  EXPECT_EQ(recorder.heard, "1 ");
}

TEST_F(HubTest, TellsAllUsersOfTheTenantThatSightHasChanged) {
  Recorder anna;
  Recorder bert;
  Recorder room_only;
  Recorder stranger;
  auto const user = hub.subscribe_user(kTenant, kAnna, anna);
  auto const room = hub.subscribe(kTenant, kRoom, anna);
  auto const other_user = hub.subscribe_user(kTenant, UserId{101}, bert);
  auto const same_room = hub.subscribe(kTenant, kRoom, room_only);
  auto const foreign = hub.subscribe_user(TenantId{2}, kAnna, stranger);
  hub.deliver({event({}, 0, model::EventKind::sight_changed)});
  EXPECT_EQ(anna.heard, "0 ");
  EXPECT_EQ(bert.heard, "0 ");
  EXPECT_EQ(room_only.heard, "") << "it is whose user is followed that looks again";
  EXPECT_EQ(stranger.heard, "");
}

TEST_F(HubTest, TellsWhoMatchesTwiceOnce) {
  Recorder recorder;
  auto const user = hub.subscribe_user(kTenant, kAnna, recorder);
  auto const room = hub.subscribe(kTenant, kRoom, recorder);
  auto const other = hub.subscribe(kTenant, kOther, recorder);
  hub.deliver({event(kRoom, 1, model::EventKind::member_removed, kAnna)});
  Signal signal;
  signal.tenant = kTenant;
  signal.conversations = {kRoom, kOther};
  signal.users = {kAnna};
  hub.deliver(SignalDelivery(signal));
  hub.doubt();
  EXPECT_EQ(recorder.heard, "1 signal doubt ");
}

TEST_F(HubTest, LetsSubscribersComeAndGoWhileDelivering) {
  std::optional<Recorder> victim(std::in_place);
  auto victims = hub.subscribe(kTenant, kRoom, *victim);
  Recorder actor;
  Recorder late;
  Subscription late_subscription;
  Subscription own = hub.subscribe(kTenant, kRoom, actor);
  actor.then = [&] {
    victims.cancel();
    victim.reset();
    if (!late_subscription) late_subscription = hub.subscribe(kTenant, kRoom, late);
    own.cancel();
  };
  std::vector<Recorder> crowd(50);
  std::vector<Subscription> crowd_subscriptions;
  for (auto& one : crowd) crowd_subscriptions.push_back(hub.subscribe(kTenant, kRoom, one));
  hub.deliver({event(kRoom, 1), event(kRoom, 2)});
  EXPECT_EQ(actor.heard, "1 ");
  EXPECT_EQ(late.heard, "2 ") << "joined while 1 was delivered";
  for (auto const& one : crowd) EXPECT_EQ(one.heard, "1 2 ");
  EXPECT_EQ(hub.size(), 51U);
  hub.deliver({event(kRoom, 3)});
  EXPECT_EQ(late.heard, "2 3 ");
}

TEST_F(HubTest, LetsASubscriptionOutliveIt) {
  Recorder recorder;
  Subscription subscription;
  {
    Hub passing(executor);
    subscription = passing.subscribe(kTenant, kRoom, recorder);
  }
  subscription.cancel();
  EXPECT_FALSE(subscription);
}

}  // namespace
}  // namespace parlance::realtime
