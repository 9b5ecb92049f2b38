#include "dialects/structchat/moved_log.h"

#include <gtest/gtest.h>

#include <string>

namespace parlance::structchat {
namespace {

std::string text_of(MovedLog::Stretch const& stretch) {
  std::string text;
  for (auto const id : stretch.threads) text += std::to_string(id.value) + " ";
  return text + "-> " + std::to_string(stretch.next);
}

MovedLog log_of(std::initializer_list<std::int64_t> ids) {
  MovedLog log;
  for (auto const id : ids) log.add(ConversationId{id});
  return log;
}

TEST(MovedLog, GivesWhatHasMovedSinceAPosition) {
  auto const log = log_of({7, 8, 9});
  EXPECT_EQ(text_of(log.read(0, 10)), "7 8 9 -> 3");
  EXPECT_EQ(text_of(log.read(2, 10)), "9 -> 3");
  EXPECT_EQ(text_of(log.read(log.end(), 10)), "-> 3");
}

TEST(MovedLog, GivesAThreadOnceWhereItMovesLast) {
  auto const log = log_of({7, 8, 7, 7, 9});
  EXPECT_EQ(text_of(log.read(0, 10)), "8 7 9 -> 5");
}

TEST(MovedLog, GoesOnWhereAShortStretchEnded) {
  auto const log = log_of({7, 8, 7, 9});
  auto const first = log.read(0, 2);
  EXPECT_EQ(text_of(first), "8 7 -> 3");
  EXPECT_EQ(text_of(log.read(first.next, 2)), "9 -> 4");
}

TEST(MovedLog, KnowsWhatItHasLost) {
  MovedLog log;
  auto const most = static_cast<std::int64_t>(MovedLog::kMost);
  for (std::int64_t id = 1; id <= most; ++id) log.add(ConversationId{id});
  EXPECT_FALSE(log.has_lost(0));
  log.add(ConversationId{1});
  EXPECT_TRUE(log.has_lost(0));
  EXPECT_FALSE(log.has_lost(1));
  EXPECT_EQ(text_of(log.read(most - 1, 10)), std::to_string(most) + " 1 -> " + std::to_string(most + 1));
}

}  // namespace
}  // namespace parlance::structchat
