#include "dialects/structchat/presence_board.h"

#include <gtest/gtest.h>

#include <string>

namespace parlance::structchat {
namespace {

constexpr std::int64_t kSecond = 1'000'000;
constexpr TenantId kAcme{1};
constexpr TenantId kOther{2};
constexpr UserId kAnna{7};
constexpr UserId kBert{5};

std::string text_of(std::vector<UserId> const& users) {
  std::string text;
  for (auto const user : users) text += std::to_string(user.value) + " ";
  return text;
}

std::string text_of(std::vector<PresenceBoard::Gone> const& all) {
  std::string text;
  for (auto const& gone : all) text += std::to_string(gone.tenant.value) + ": " + text_of(gone.users);
  return text;
}

TEST(PresenceBoard, SaysOnceThatSomebodyHasCome) {
  PresenceBoard board{std::chrono::seconds(10)};
  EXPECT_TRUE(board.mark(kAcme, kAnna, 0));
  EXPECT_FALSE(board.mark(kAcme, kAnna, 5 * kSecond));
  EXPECT_TRUE(board.mark(kAcme, kBert, 6 * kSecond));
  EXPECT_EQ(text_of(board.active(kAcme, 6 * kSecond)), "5 7 ");
  EXPECT_EQ(text_of(board.active(kOther, 6 * kSecond)), "");
}

TEST(PresenceBoard, ForgetsWhoIsSilentAndSaysSoOnce) {
  PresenceBoard board{std::chrono::seconds(10)};
  board.mark(kAcme, kAnna, 0);
  board.mark(kAcme, kBert, 0);
  board.mark(kOther, kAnna, 0);
  board.mark(kAcme, kBert, 9 * kSecond);
  EXPECT_EQ(text_of(board.sweep(10 * kSecond - 1)), "");
  EXPECT_EQ(text_of(board.active(kAcme, 10 * kSecond)), "5 ");
  EXPECT_EQ(text_of(board.sweep(10 * kSecond)), "1: 7 2: 7 ");
  EXPECT_EQ(text_of(board.sweep(11 * kSecond)), "");
  EXPECT_EQ(text_of(board.sweep(19 * kSecond)), "1: 5 ");
}

TEST(PresenceBoard, WhoComesBackUnsweptHasCome) {
  PresenceBoard board{std::chrono::seconds(10)};
  board.mark(kAcme, kAnna, 0);
  EXPECT_TRUE(board.mark(kAcme, kAnna, 10 * kSecond));
  EXPECT_EQ(text_of(board.sweep(15 * kSecond)), "");
}

}  // namespace
}  // namespace parlance::structchat
