#include "search/query.h"

#include <gtest/gtest.h>

namespace parlance::search {
namespace {

std::string describe(Terms const& terms) {
  std::string result;
  auto const append = [&](char sign, std::vector<Term> const& list) {
    for (auto const& term : list) {
      result += sign;
      for (auto const& token : term.tokens) result += token + (&token == &term.tokens.back() ? "" : " ");
      result += term.is_prefix ? "* " : " ";
    }
  };
  append('+', terms.required);
  append('-', terms.excluded);
  return result;
}

std::string parsed(std::string_view text, LastWord last = LastWord::prefix) {
  return describe(parse_query(text, last));
}

TEST(ParseQuery, RequiresEveryWordAndLetsTheLastGoOn) {
  EXPECT_EQ("+quick +brown +fox* ", parsed("Quick  brown\tFOX"));
  EXPECT_EQ("+quick +fox ", parsed("quick fox", LastWord::whole));
  EXPECT_EQ("+quick +f ", parsed("quick f"));
}

TEST(ParseQuery, ReadsPhrases) {
  EXPECT_EQ("+quick brown +fox* ", parsed("\"Quick, brown\" fox"));
  EXPECT_EQ("+quick brown ", parsed("\"quick brown\""));
  EXPECT_EQ("+quick brown ", parsed("\"quick brown"));
  EXPECT_EQ("+quick brown +fox* ", parsed("“quick brown” fox"));
  EXPECT_EQ("+foo +bar baz ", parsed("foo\"bar baz\""));
  EXPECT_EQ("", parsed("\"\" \" \" \""));
}

TEST(ParseQuery, ReadsExclusions) {
  EXPECT_EQ("+fox -lazy ", parsed("fox -lazy"));
  EXPECT_EQ("+fox* -lazy dog ", parsed("-\"lazy dog\" fox"));
  EXPECT_EQ("+fox +dog* ", parsed("fox - dog"));
  EXPECT_EQ("+well known* ", parsed("well-known"));
  EXPECT_EQ("+fox -lazy ", parsed("fox ---lazy"));
  EXPECT_TRUE(parse_query("-lazy -dog").empty());
}

TEST(ParseQuery, TakesNothingForAnOperator) {
  EXPECT_EQ("+near +and +or +not +foo* ", parsed("NEAR AND OR NOT foo"));
  EXPECT_EQ("+text foo +bar* ", parsed("text:foo* ^bar"));
  EXPECT_EQ("+near a b 5 +c ", parsed("NEAR(a,b,5) {c}"));
  EXPECT_EQ("+x y zz* ", parsed("x';--y&|!zz"));
  EXPECT_EQ("", parsed("* ' ( ) & | ! <-> :* - -- \\ "));
}

TEST(ParseQuery, AsksForTheBigramsOfARun) {
  EXPECT_EQ("+日本 本語 ", parsed("日本語"));
  EXPECT_EQ("+語* ", parsed("語"));
  EXPECT_EQ("+東京 +大阪 ", parsed("東京　大阪"));
  EXPECT_EQ("+日本 本 abc* ", parsed("日本abc"));
  EXPECT_EQ("+abc 語* ", parsed("\"abc 語\""));
}

TEST(ParseQuery, IsBounded) {
  std::string many;
  for (int i = 0; i < 500; ++i) many += "w" + std::to_string(i) + " ";
  EXPECT_EQ(kMaxTerms, parse_query(many).required.size());
  std::string phrase = "\"";
  for (int i = 0; i < 500; ++i) phrase += "a ";
  auto const terms = parse_query(phrase);
  ASSERT_EQ(1U, terms.required.size());
  EXPECT_EQ(kMaxTermTokens, terms.required[0].tokens.size());
  EXPECT_EQ(1U, parse_query(std::string(1'000'000, 'x')).required.size());
  EXPECT_TRUE(parse_query("broken \xff").empty());
}

}  // namespace
}  // namespace parlance::search
