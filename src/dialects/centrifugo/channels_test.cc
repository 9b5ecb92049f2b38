#include "dialects/centrifugo/channels.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

namespace parlance::centrifugo {
namespace {

std::string describe(std::string_view text) {
  model::Tenant tenant;
  tenant.settings.namespaces = {"news", "vip"};
  auto const name = parse_channel(text, tenant);
  static constexpr std::string_view kKinds[] = {"unknown", "chat", "user", "status", "custom"};
  return fmt::format("{} {} '{}'{}{}", kKinds[static_cast<int>(name.kind)], name.conversation.value, name.rest,
                     name.needs_token ? " token" : "",
                     name.is_limited ? fmt::format(" only {}", fmt::join(name.allowed_users, ";")) : "");
}

TEST(ParseChannel, KnowsTheBuiltInOnes) {
  EXPECT_EQ(describe("chat:42"), "chat 42 '42'");
  EXPECT_EQ(describe("user:alice"), "user 0 'alice'");
  EXPECT_EQ(describe("user:a:b"), "user 0 'a:b'");
  EXPECT_EQ(describe("status:bob"), "status 0 'bob'");
}

TEST(ParseChannel, AChatNeedsTheOneSpellingOfItsId) {
  EXPECT_EQ(describe("chat:042"), "chat 0 '042'");
  EXPECT_EQ(describe("chat:-1"), "chat 0 '-1'");
  EXPECT_EQ(describe("chat:room_2s"), "chat 0 'room_2s'");
}

TEST(ParseChannel, TakesDeclaredNamespacesOnly) {
  EXPECT_EQ(describe("news:today"), "custom 0 'today'");
  EXPECT_EQ(describe("weather:today"), "unknown 0 'today'");
  EXPECT_EQ(describe("news"), "unknown 0 ''");
  EXPECT_EQ(describe("news:"), "unknown 0 ''");
  EXPECT_EQ(describe(":x"), "unknown 0 'x'");
  EXPECT_EQ(describe(""), "unknown 0 ''");
}

TEST(ParseChannel, ReadsTheMarksOfPrivacy) {
  EXPECT_EQ(describe("$vip:room"), "custom 0 'room' token");
  EXPECT_EQ(describe("news:team#alice,bob"), "custom 0 'team#alice,bob' only alice;bob");
  EXPECT_EQ(describe("$chat:42"), "unknown 0 '42' token");
}

}  // namespace
}  // namespace parlance::centrifugo
