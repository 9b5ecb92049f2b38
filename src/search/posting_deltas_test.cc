#include "search/posting_deltas.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace parlance::search {
namespace {

/// As "term@slot:chats+gained-lost", in order.
std::string told(PostingDeltas& deltas) {
  auto all = deltas.take();
  std::ranges::sort(all, {}, [](PostingDelta const& delta) { return std::pair(delta.term, delta.slot); });
  std::string text;
  for (auto const& delta : all) {
    text += std::string(delta.term) + "@" + std::to_string(delta.slot) + ":" + std::to_string(delta.chats);
    if (delta.gained != 0) text += "+" + std::to_string(delta.gained);
    if (delta.lost != 0) text += "-" + std::to_string(delta.lost);
    text += " ";
  }
  return text;
}

TEST(PostingDeltas, CountsATokenOnceForEachText) {
  PostingDeltas deltas;
  deltas.count("to be or not to be ", 3, 1);
  deltas.count("be ", 3, 1);
  deltas.count("be ", 4, 1);
  EXPECT_EQ("be@3:2 be@4:1 not@3:1 or@3:1 to@3:1 ", told(deltas));
  EXPECT_EQ("", told(deltas));
}

TEST(PostingDeltas, LeaveOutWhatAnEditHasKept) {
  PostingDeltas deltas;
  deltas.count("red green ", 0, -1);
  deltas.count("green blue ", 0, 1);
  EXPECT_EQ("blue@0:1 red@0:-1 ", told(deltas));
}

TEST(PostingDeltas, AddFieldsToTheSamePosting) {
  PostingDeltas deltas;
  deltas.gain("red", 1, 2);
  deltas.gain("red", 1, 4);
  deltas.lose("red", 1, 8);
  deltas.count("red ", 1, 1);
  EXPECT_EQ("red@1:1+6-8 ", told(deltas));
}

}  // namespace
}  // namespace parlance::search
