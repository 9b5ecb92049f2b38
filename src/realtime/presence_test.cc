#include "realtime/presence.h"

#include <gtest/gtest.h>

#include <string>
#include <thread>

#include "realtime/testing.h"

namespace parlance::realtime {
namespace {

using namespace std::chrono_literals;

constexpr TenantId kTenant{1};
constexpr UserId kAnna{100};

struct PresenceTest : ::testing::Test {
  PresenceTest() {
    presence.on_change([this](PresenceChange const& change) {
      constexpr char const* kNames[] = {"online", "connected", "offline"};
      steps += change.external_id + " " + kNames[static_cast<int>(change.step)] + ", ";
    });
  }

  testing::ManualExecutor executor;
  Presence presence{executor, {.grace = 5s}};
  std::string steps;
};

TEST_F(PresenceTest, GoesOnlineWithTheFirstConnectionAndOfflineAfterTheGracePeriod) {
  auto first = presence.connect(kTenant, kAnna, "anna");
  auto second = presence.connect(kTenant, kAnna, "anna");
  executor.run();
  EXPECT_EQ(steps, "anna online, anna connected, ");
  EXPECT_EQ(presence.connection_count(kTenant, kAnna), 2U);

  first.close();
  executor.advance(6s);
  EXPECT_TRUE(presence.is_connected(kTenant, kAnna));

  second.close();
  executor.advance(4900ms);
  EXPECT_TRUE(presence.is_online(kTenant, kAnna));
  EXPECT_FALSE(presence.is_connected(kTenant, kAnna));
  EXPECT_EQ(presence.online_users(kTenant), std::vector{kAnna});

  executor.advance(200ms);
  EXPECT_FALSE(presence.is_online(kTenant, kAnna));
  EXPECT_TRUE(presence.online_users(kTenant).empty());
  EXPECT_EQ(steps, "anna online, anna connected, anna offline, ");
}

TEST_F(PresenceTest, StaysOnlineThroughAReconnect) {
  auto connection = presence.connect(kTenant, kAnna, "anna");
  connection.close();
  executor.advance(4s);
  connection = presence.connect(kTenant, kAnna, "anna");
  executor.advance(10s);
  EXPECT_TRUE(presence.is_online(kTenant, kAnna));
  EXPECT_EQ(steps, "anna online, anna connected, anna connected, ");
}

TEST_F(PresenceTest, CountsTheGracePeriodFromTheLastDisconnect) {
  presence.connect(kTenant, kAnna, "anna").close();
  executor.advance(4s);
  presence.connect(kTenant, kAnna, "anna").close();
  executor.advance(4s);
  EXPECT_TRUE(presence.is_online(kTenant, kAnna));
  executor.advance(2s);
  EXPECT_FALSE(presence.is_online(kTenant, kAnna));
}

TEST_F(PresenceTest, KeepsTenantsApart) {
  auto const connection = presence.connect(kTenant, kAnna, "anna");
  EXPECT_FALSE(presence.is_online(TenantId{2}, kAnna));
  EXPECT_TRUE(presence.online_users(TenantId{2}).empty());
}

TEST_F(PresenceTest, TakesConnectionsFromManyThreads) {
  {
    std::vector<std::jthread> threads;
    for (int thread = 0; thread < 4; ++thread)
      threads.emplace_back([this] {
        for (int turn = 0; turn < 500; ++turn) auto const connection = presence.connect(kTenant, kAnna, "anna");
      });
  }
  EXPECT_EQ(presence.connection_count(kTenant, kAnna), 0U);
  executor.advance(6s);
  EXPECT_FALSE(presence.is_online(kTenant, kAnna));
  EXPECT_TRUE(steps.ends_with("anna offline, "));
}

TEST_F(PresenceTest, MayGoBeforeItsConnections) {
  Presence::Connection connection;
  {
    Presence passing(executor);
    connection = passing.connect(kTenant, kAnna, "anna");
  }
  connection.close();
  executor.advance(10s);
}

}  // namespace
}  // namespace parlance::realtime
