#include "dialects/structchat/feed_ids.h"

#include <gtest/gtest.h>

namespace parlance::structchat {
namespace {

TEST(StructFeedIds, OnesOwnBeginAt6M10) {
  core::Feed feed;
  feed.id = 1;
  EXPECT_EQ(spell_feed(feed), "6M10");
  feed.id = 4;
  EXPECT_EQ(spell_feed(feed), "6M13");
  for (std::int64_t id : {1, 2, 200, 1'000'000}) {
    feed.id = id;
    EXPECT_EQ(*feed_key_of(*feed_number_of(spell_feed(feed))), id);
  }
}

TEST(StructFeedIds, TheFirstFifteenAreNobodys) {
  EXPECT_EQ(*feed_number_of("6N1"), kOmni);
  EXPECT_EQ(*feed_number_of("6N3"), kDirectMessages);
  EXPECT_TRUE(is_everybodys(kDirectMessages));
  EXPECT_FALSE(is_everybodys(4));
  EXPECT_FALSE(feed_key_of(4));
  EXPECT_FALSE(feed_key_of(0xf));
  EXPECT_TRUE(feed_key_of(0x10));
}

TEST(StructFeedIds, RefusesWhatIsNoFeed) {
  for (auto const* text : {"0", "", "2N1", "6N", "6M1", "6N01", "feed"}) EXPECT_FALSE(feed_number_of(text)) << text;
}

}  // namespace
}  // namespace parlance::structchat
