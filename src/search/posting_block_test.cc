#include "search/posting_block.h"

#include <gtest/gtest.h>

namespace parlance::search {
namespace {

std::vector<Posting> decoded(std::int64_t block, std::string_view data) {
  std::vector<Posting> postings;
  decode_block(block, data, postings);
  return postings;
}

TEST(PostingBlock, GivesBackWhatItTook) {
  auto const told = static_cast<FieldBits>(bit_of(TextField::subject) | bit_of(TextField::tags));
  std::vector<Posting> const postings = {{kBlockSlots, 1, 0},
                                         {kBlockSlots + 1, 0, told},
                                         {kBlockSlots + 500, 4'000'000, bit_of(TextField::summary)},
                                         {2 * kBlockSlots - 1, 7, told}};
  EXPECT_EQ(postings, decoded(1, encode_block(postings)));
  EXPECT_EQ("", encode_block({}));
  EXPECT_TRUE(decoded(0, "").empty());
}

TEST(PostingBlock, IsSmall) {
  std::vector<Posting> postings;
  for (std::uint32_t slot = 0; slot < kBlockSlots; ++slot) postings.push_back({slot, 3, 0});
  EXPECT_EQ(2 * kBlockSlots, encode_block(postings).size());
}

TEST(PostingBlock, EndsAtWhatIsNoData) {
  std::vector<Posting> const postings = {{0, 1, 0}, {9, 1, 0}};
  auto const data = encode_block(postings);
  EXPECT_EQ(std::vector<Posting>{postings[0]}, decoded(0, data.substr(0, 3)));
  EXPECT_TRUE(decoded(0, std::string(20, '\xff')).empty());
  EXPECT_TRUE(decoded(0, std::string("\xff\x7f\x08", 3)).empty());
}

}  // namespace
}  // namespace parlance::search
