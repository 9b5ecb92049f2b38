#include "dialects/anytype/positions.h"

#include <gtest/gtest.h>

#include <limits>
#include <random>

namespace parlance::anytype {
namespace {

constexpr auto kMost = std::numeric_limits<std::int64_t>::max();

TEST(OrderId, IsShortAndReadable) {
  EXPECT_EQ(format_order_id(1), "00");
  EXPECT_EQ(format_order_id(63), "0z");
  EXPECT_EQ(format_order_id(64), "10-");
  EXPECT_EQ(format_order_id(kMost), "A6zzzzzzzzzz");
}

TEST(OrderId, SortsAsTheNumbersDo) {
  std::mt19937_64 random(20251213);
  for (int round = 0; round < 20'000; ++round) {
    auto const left = static_cast<std::int64_t>((random() >> (random() % 63)) >> 1U);
    auto const right = round % 2 == 0 ? left + 1 : static_cast<std::int64_t>((random() >> (random() % 63)) >> 1U);
    if (left < 1 || right < 1) continue;
    EXPECT_EQ(format_order_id(left) < format_order_id(right), left < right) << left << ' ' << right;
  }
}

TEST(OrderId, IsFoundAgain) {
  for (auto const seq :
       {std::int64_t{1}, std::int64_t{63}, std::int64_t{64}, std::int64_t{4095}, std::int64_t{4096}, kMost}) {
    EXPECT_EQ(last_seq_up_to(format_order_id(seq)), seq);
    EXPECT_EQ(first_seq_from(format_order_id(seq)), seq);
  }
}

TEST(OrderId, AnyTextHasAPlaceBetweenTwo) {
  EXPECT_EQ(last_seq_up_to(""), 0);
  EXPECT_EQ(first_seq_from(""), 1);
  EXPECT_EQ(last_seq_up_to("!!Xz"), 0);
  EXPECT_EQ(last_seq_up_to("00!"), 1);
  EXPECT_EQ(first_seq_from("00!"), 2);
  EXPECT_EQ(last_seq_up_to("0"), 0);
  EXPECT_EQ(last_seq_up_to("1"), 63);
  EXPECT_EQ(first_seq_from("1"), 64);
  EXPECT_EQ(last_seq_up_to("~~~"), kMost);
  EXPECT_EQ(first_seq_from("\xff"), kMost);
}

TEST(StateId, Is24HexDigitsThatSort) {
  EXPECT_EQ(format_state_id(1), "000000000000000000000001");
  EXPECT_EQ(format_state_id(255), "0000000000000000000000ff");
  EXPECT_LT(format_state_id(9), format_state_id(10));
  EXPECT_EQ(last_offset_up_to(format_state_id(77)), 77);
  EXPECT_EQ(last_offset_up_to("..."), 0);
  EXPECT_EQ(last_offset_up_to(""), 0);
  EXPECT_EQ(last_offset_up_to("698b5ed84ac3df5d5b4046b2"), kMost);
}

TEST(Position, HoldsEpochAndOffset) {
  realtime::StreamPosition const position{.epoch = 0x80000000, .offset = 77};
  EXPECT_EQ(format_position(position), "80000000000000000000004d");
  EXPECT_EQ(parse_position("80000000000000000000004d"), position);
}

TEST(Position, TakesAStateIdForOneOfAnyEpoch) {
  EXPECT_EQ(parse_position(format_state_id(77)), (realtime::StreamPosition{.epoch = 0, .offset = 77}));
}

TEST(Position, RefusesEverythingElse) {
  for (auto const* text : {"", "7", "80000000000000000000004", "8000000000000000000000zz", "-0000000000000000000004d",
                           "80000000ffffffffffffffff", "80000000 000000000000004", "800000000000000000000004d"}) {
    EXPECT_FALSE(parse_position(text)) << text;
  }
}

}  // namespace
}  // namespace parlance::anytype
