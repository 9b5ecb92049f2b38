#include "model/interval_set.h"

#include <gtest/gtest.h>

#include <random>
#include <set>

namespace parlance::model {
namespace {

TEST(IntervalSet, JoinsWhatTouches) {
  IntervalSet set;
  EXPECT_TRUE(set.add(1, 3));
  EXPECT_TRUE(set.add(7, 9));
  EXPECT_TRUE(set.add(4, 4));
  EXPECT_EQ(set.format(), "1-4,7-9");
  EXPECT_TRUE(set.add(5, 6));
  EXPECT_EQ(set.format(), "1-9");
  EXPECT_FALSE(set.add(2, 8));
  EXPECT_FALSE(set.add(5, 4));
  EXPECT_EQ(set.watermark(), 9);
}

TEST(IntervalSet, AgreesWithAPlainSetOnRandomRanges) {
  std::mt19937 random(7);
  std::uniform_int_distribution<std::int64_t> start(1, 60);
  std::uniform_int_distribution<std::int64_t> length(0, 5);
  IntervalSet set;
  std::set<std::int64_t> plain;
  for (int round = 0; round < 40; ++round) {
    auto const first = start(random);
    auto const last = first + length(random);
    auto const before = plain.size();
    for (auto value = first; value <= last; ++value) plain.insert(value);
    EXPECT_EQ(set.add(first, last), plain.size() != before);
    for (std::int64_t value = 1; value < 70; ++value) EXPECT_EQ(set.contains(value), plain.contains(value));
    EXPECT_EQ(IntervalSet::parse(set.format()), set);
  }
}

TEST(IntervalSet, RefusesOtherSpellings) {
  for (auto const* text : {"1", "0-3", "3-1", "1-2,3-4", "5-6,1-2", "a-b", "1-2;", "1-2,,4-5"}) {
    EXPECT_FALSE(IntervalSet::parse(text)) << text;
  }
  EXPECT_TRUE(IntervalSet::parse("")->empty());
}

}  // namespace
}  // namespace parlance::model
