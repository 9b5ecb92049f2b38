#include "core/notices.h"

#include <gtest/gtest.h>

#include <string>

namespace parlance::core {
namespace {

std::string wanted(model::NotifyLevel level, Timestamp mute_until = 0) {
  model::Member const member{.mute_until = mute_until, .notify_level = level};
  std::string text;
  if (wants_notice(member, Concern::none, 100)) text += "message ";
  if (wants_notice(member, Concern::everyone, 100)) text += "everyone ";
  if (wants_notice(member, Concern::mention, 100)) text += "mention ";
  return text;
}

TEST(Notices, FollowTheLevel) {
  EXPECT_EQ(wanted(model::NotifyLevel::all), "message everyone mention ");
  EXPECT_EQ(wanted(model::NotifyLevel::mentions), "everyone mention ");
  EXPECT_EQ(wanted(model::NotifyLevel::everyone), "everyone ");
  EXPECT_EQ(wanted(model::NotifyLevel::none), "");
}

TEST(Notices, WaitUntilTheMuteIsOver) {
  EXPECT_EQ(wanted(model::NotifyLevel::all, 101), "");
  EXPECT_EQ(wanted(model::NotifyLevel::all, 100), "message everyone mention ");
}

TEST(Notices, KnowACallToEverybody) {
  for (auto const* text : {"@everyone", "hey @channel!", "(@here)", "<@everyone>", "<!here>", "x\n@everyone y"})
    EXPECT_TRUE(calls_everyone(text)) << text;
  for (auto const* text : {"", "everyone", "me@everyone.example", "@everyones", "@hereabouts", "!here", "@ everyone"})
    EXPECT_FALSE(calls_everyone(text)) << text;
}

}  // namespace
}  // namespace parlance::core
