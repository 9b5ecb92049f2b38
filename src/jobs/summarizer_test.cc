#include "jobs/summarizer.h"

#include <gtest/gtest.h>

namespace parlance::jobs {
namespace {

std::string words(std::vector<std::string> const& texts, std::size_t most = 20) {
  std::string all;
  for (auto const& word : hash_words(texts, most)) all += word + " ";
  return all;
}

std::string subject(std::string text) { return summarize_locally({std::move(text)}).subject; }

TEST(HashWords, ComeOnceInLowerCaseAndInTheirOrder) {
  EXPECT_EQ(words({"#Beta and #alpha", "#beta, again; #größe!"}), "beta alpha größe ");
  EXPECT_EQ(words({"#a #b #c"}, 2), "a b ");
}

TEST(HashWords, BeginWhereNoWordDoes) {
  EXPECT_EQ(words({"a#b &#39; ##c #1 #-- # d (#e) #f-"}), "e f ");
  EXPECT_EQ(words({"http://example.com/#anchor <@4N1>#x"}), "x ");
}

TEST(HashWords, AreNotWhatIsQuotedAsCode) {
  EXPECT_EQ(words({"`#a` #b ```\n#include <c>\n``` #d"}), "b d ");
  EXPECT_EQ(words({"a lonely ` before #a", "``#b` #c`` #d"}), "a d ");
}

TEST(LocalSummary, TakesTheOpeningSentenceForASubject) {
  EXPECT_EQ(subject("The index is slow. Why?"), "The index is slow");
  EXPECT_EQ(subject("\n  Is it   slow? Yes."), "Is it slow?");
  EXPECT_EQ(subject("遅いです。なぜ？"), "遅いです。");
  EXPECT_EQ(subject(""), "");
}

TEST(LocalSummary, CutsALongSubjectAtAWord) {
  std::string text;
  for (int i = 0; i < 50; ++i) text += "words ";
  EXPECT_LE(subject(text).size(), 104U);
  EXPECT_TRUE(subject(text).ends_with("words…"));
}

TEST(LocalSummary, IsTheSameForTheSame) {
  std::vector<std::string> const texts = {"The index is rebuilt at night.", "Rebuilding takes an hour #index.",
                                          "The index could be kept in memory."};
  auto const first = summarize_locally(texts);
  auto const second = summarize_locally(texts);
  EXPECT_EQ(first.summary, second.summary);
  EXPECT_FALSE(first.summary.empty());
  EXPECT_EQ(first.tags, second.tags);
  EXPECT_EQ(first.tags.front(), "index");
}

}  // namespace
}  // namespace parlance::jobs
