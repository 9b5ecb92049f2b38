#include "realtime/roster.h"

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "realtime/testing.h"

namespace parlance::realtime {
namespace {

using namespace std::chrono_literals;

constexpr TenantId kTenant{1};
constexpr UserId kAnna{100};
constexpr UserId kBert{101};

/// A wire between the nodes of a test, which may be cut.
struct Wire {
  struct End final : Bus {
    End(Wire& a_wire, std::string a_name) : wire(a_wire), name(std::move(a_name)) { wire.ends.push_back(this); }
    End(End const&) = delete;
    End& operator=(End const&) = delete;
    ~End() override { std::erase(wire.ends, this); }

    std::string const& node() const override { return name; }
    Result<void> start(BusReceiver& bus_receiver) override {
      receiver = &bus_receiver;
      return {};
    }
    void stop() override { receiver = nullptr; }
    void publish(std::vector<model::LiveEvent> const&) override {}
    void send(Signal const&) override {}
    void tell(Note const& note) override {
      if (wire.is_cut) return;
      ++wire.notes;
      for (auto* const end : wire.ends)
        if (end != this && end->receiver && (note.to.empty() || note.to == end->name))
          end->receiver->on_remote_note(note);
    }
    BusState state() const override { return {.is_shared = true, .is_connected = !wire.is_cut}; }

    Wire& wire;
    std::string const name;
    BusReceiver* receiver = nullptr;
  };

  std::vector<End*> ends;
  bool is_cut = false;
  int notes = 0;
};

struct Node {
  Node(Wire& wire, testing::ManualExecutor& an_executor, std::string name)
      : executor(an_executor),
        broker({&executor}, std::make_unique<Wire::End>(wire, std::move(name))),
        presence(executor, {.grace = 5s}),
        roster(broker, presence, executor, {.beat = 2s, .patience = 7s}) {
    presence.on_change([this](PresenceChange const& change) {
      if (change.step == PresenceStep::online) steps += change.external_id + " online, ";
      if (change.step == PresenceStep::offline) steps += change.external_id + " offline, ";
    });
    EXPECT_TRUE(broker.start());
    roster.start();
  }

  testing::ManualExecutor& executor;
  Broker broker;
  Presence presence;
  Roster roster;
  std::string steps;
};

struct RosterTest : ::testing::Test {
  /// Of the nodes' timers; how long a node has been silent is told by the real clock.
  void pass(std::chrono::milliseconds time) { executor.advance(time); }

  Wire wire;
  testing::ManualExecutor executor;
};

TEST_F(RosterTest, TellsTheOthersWhoIsConnected) {
  Node a(wire, executor, "a");
  Node b(wire, executor, "b");
  pass(2s);
  EXPECT_EQ(a.broker.peers(), std::vector<std::string>{"b"});
  auto anna = a.presence.connect(kTenant, kAnna, "anna");
  executor.run();
  EXPECT_TRUE(b.presence.is_connected(kTenant, kAnna));
  EXPECT_FALSE(b.presence.is_connected_here(kTenant, kAnna));
  EXPECT_EQ(b.presence.online_users(kTenant), std::vector<UserId>{kAnna});
  anna.close();
  pass(4s);
  EXPECT_FALSE(b.presence.is_connected(kTenant, kAnna));
  EXPECT_TRUE(b.presence.is_online(kTenant, kAnna));
  pass(2s);
  EXPECT_FALSE(b.presence.is_online(kTenant, kAnna));
  EXPECT_EQ(a.steps, "anna online, anna offline, ");
  EXPECT_EQ(b.steps, "");
}

TEST_F(RosterTest, ShowsANewcomerWhoIsThere) {
  Node a(wire, executor, "a");
  auto const anna = a.presence.connect(kTenant, kAnna, "anna");
  auto const bert = a.presence.connect(kTenant, kBert, "bert");
  pass(5s);
  Node b(wire, executor, "b");
  pass(3s);
  EXPECT_TRUE(b.presence.is_connected(kTenant, kAnna));
  EXPECT_TRUE(b.presence.is_connected(kTenant, kBert));
  EXPECT_EQ(b.steps, "");
}

TEST_F(RosterTest, MakesGoodWhatTheBusHasLost) {
  Node a(wire, executor, "a");
  Node b(wire, executor, "b");
  pass(2s);
  auto anna = a.presence.connect(kTenant, kAnna, "anna");
  executor.run();
  wire.is_cut = true;
  anna.close();
  auto const bert = a.presence.connect(kTenant, kBert, "bert");
  executor.run();
  EXPECT_TRUE(b.presence.is_connected(kTenant, kAnna));
  EXPECT_FALSE(b.presence.is_connected(kTenant, kBert));
  wire.is_cut = false;
  pass(3s);
  EXPECT_FALSE(b.presence.is_connected(kTenant, kAnna));
  EXPECT_TRUE(b.presence.is_connected(kTenant, kBert));
}

TEST_F(RosterTest, SaysNothingMoreOnceNothingChanges) {
  Node a(wire, executor, "a");
  Node b(wire, executor, "b");
  auto const anna = a.presence.connect(kTenant, kAnna, "anna");
  pass(6s);
  auto const before = wire.notes;
  pass(10s);
  EXPECT_EQ(wire.notes - before, 10);  // the beats
}

TEST_F(RosterTest, KeepsAUserOnlineWhoMovesAndSaysOnceThatItHasGone) {
  Node a(wire, executor, "a");
  Node b(wire, executor, "b");
  pass(2s);
  auto first = a.presence.connect(kTenant, kAnna, "anna");
  executor.run();
  first.close();
  pass(3s);
  auto second = b.presence.connect(kTenant, kAnna, "anna");
  pass(10s);
  EXPECT_EQ(a.steps + "|" + b.steps, "anna online, |");
  auto third = a.presence.connect(kTenant, kAnna, "anna");
  executor.run();
  second.close();
  std::this_thread::sleep_for(1ms);  // so that one is the last
  third.close();
  pass(10s);
  EXPECT_EQ(a.steps + "|" + b.steps, "anna online, anna offline, |");
}

TEST_F(RosterTest, LetsOneOfThoseLeftSpeakForANodeThatGoes) {
  Node a(wire, executor, "a");
  Node b(wire, executor, "b");
  auto c = std::make_optional<Node>(wire, executor, "c");
  pass(3s);
  auto const anna = c->presence.connect(kTenant, kAnna, "anna");
  auto const bert = c->presence.connect(kTenant, kBert, "bert");
  executor.run();
  auto const also_bert = b.presence.connect(kTenant, kBert, "bert");
  executor.run();
  c->roster.stop();
  executor.run();
  EXPECT_FALSE(a.presence.is_connected(kTenant, kAnna));
  EXPECT_TRUE(a.presence.is_connected(kTenant, kBert));
  pass(6s);
  EXPECT_EQ(a.steps, "anna offline, ");
  EXPECT_EQ(b.steps, "");
  EXPECT_EQ(a.broker.peers(), std::vector<std::string>{"b"});
}

}  // namespace
}  // namespace parlance::realtime
