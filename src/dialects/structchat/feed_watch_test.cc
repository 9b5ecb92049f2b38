#include "dialects/structchat/feed_watch.h"

#include <gtest/gtest.h>

#include <string>

namespace parlance::structchat {
namespace {

constexpr ConversationId kShown{1};
constexpr ConversationId kOther{2};

std::string text_of(std::vector<ConversationId> const& threads) {
  std::string text;
  for (auto const id : threads) text += std::to_string(id.value) + " ";
  return text;
}

FeedWatch watch_from(MovedLog const& log) {
  FeedWatch watch;
  watch.begin({.feed = 1, .threads = {kShown}}, log.end());
  watch.ready({});
  return watch;
}

TEST(FeedWatch, TakesWhatMovesAfterItsBeginning) {
  MovedLog log;
  log.add(kOther);
  auto watch = watch_from(log);
  EXPECT_FALSE(watch.has_due(log));
  log.add(kShown);
  EXPECT_TRUE(watch.has_due(log));
  EXPECT_EQ(text_of(watch.take(log, 10)), "1 ");
  EXPECT_FALSE(watch.has_due(log));
}

TEST(FeedWatch, TakesWhatWasMissedFirst) {
  MovedLog log;
  FeedWatch watch;
  watch.begin({.feed = 1}, log.end());
  log.add(ConversationId{9});
  EXPECT_FALSE(watch.has_due(log)) << "it is not ready";
  watch.ready({ConversationId{5}, ConversationId{6}});
  EXPECT_EQ(text_of(watch.take(log, 1)), "5 ");
  EXPECT_EQ(text_of(watch.take(log, 10)), "6 9 ");
}

TEST(FeedWatch, TakesAgainWhatWasPutBack) {
  MovedLog log;
  auto watch = watch_from(log);
  for (std::int64_t id = 1; id <= 3; ++id) log.add(ConversationId{id});
  EXPECT_EQ(text_of(watch.take(log, 2)), "1 2 ");
  watch.put_back({ConversationId{2}});
  EXPECT_TRUE(watch.has_due(log));
  EXPECT_EQ(text_of(watch.take(log, 10)), "2 3 ");
}

TEST(FeedWatch, TellsAnActivityOnce) {
  MovedLog log;
  auto watch = watch_from(log);
  EXPECT_TRUE(watch.knows(kShown));
  EXPECT_FALSE(watch.knows(kOther));
  EXPECT_TRUE(watch.tell(kShown, 100));
  EXPECT_FALSE(watch.tell(kShown, 100));
  EXPECT_TRUE(watch.tell(kShown, 101));
  EXPECT_TRUE(watch.tell(kOther, 100));
  EXPECT_TRUE(watch.knows(kOther));
}

TEST(FeedWatch, AnotherFeedForgetsTheFirst) {
  MovedLog log;
  auto watch = watch_from(log);
  auto const before = watch.generation();
  log.add(kOther);
  watch.begin({.feed = 2}, log.end());
  EXPECT_NE(watch.generation(), before);
  EXPECT_FALSE(watch.knows(kShown));
  watch.ready({});
  EXPECT_FALSE(watch.has_due(log));
  watch.stop();
  log.add(kOther);
  EXPECT_FALSE(watch.has_due(log));
}

TEST(FeedWatch, StartsOverWhereItHasFallenBehind) {
  MovedLog log;
  auto watch = watch_from(log);
  for (std::size_t i = 0; i <= MovedLog::kMost; ++i) log.add(kShown);
  EXPECT_TRUE(watch.has_lost(log));
  watch.reset(log);
  EXPECT_FALSE(watch.has_lost(log));
  EXPECT_FALSE(watch.has_due(log));
}

}  // namespace
}  // namespace parlance::structchat
