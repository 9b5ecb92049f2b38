#include "search/match.h"

#include <gtest/gtest.h>

#include "search/highlight.h"

namespace parlance::search {
namespace {

/// The text with its matches in brackets; "none" where it is no match.
std::string marked(std::string_view text, std::string_view query) {
  auto const found = match(text, parse_query(query));
  if (!found) return "none";
  std::string result;
  std::size_t at = 0;
  for (auto const& range : found->ranges) {
    result += std::string(text.substr(at, range.begin - at)) + "[";
    result += std::string(text.substr(range.begin, range.end - range.begin)) + "]";
    at = range.end;
  }
  return result + std::string(text.substr(at));
}

int score(std::string_view text, std::string_view query) {
  auto const found = match(text, parse_query(query));
  return found ? found->score : 0;
}

TEST(MatchText, MarksEveryOccurrence) {
  EXPECT_EQ("[Foxes] and [fox]", marked("Foxes and fox", "fox"));
  EXPECT_EQ("a [quick] brown [fox]", marked("a quick brown fox", "fox quick"));
  EXPECT_EQ("[Café], [cafe\u0301]!", marked("Café, cafe\u0301!", "CAFE"));
}

TEST(MatchText, WantsAllRequiredAndNoExcluded) {
  EXPECT_EQ("none", marked("a quick fox", "quick dog"));
  EXPECT_EQ("none", marked("a quick fox", "quick -fox"));
  EXPECT_EQ("a [quick] foxes", marked("a quick foxes", "quick -fox"));
  EXPECT_EQ("none", marked("anything", ""));
  EXPECT_EQ("none", marked("", "fox"));
  EXPECT_EQ("none", marked("quicker fox", "quick fox"));
}

TEST(MatchText, HoldsPhrasesTogether) {
  EXPECT_EQ("[quick] [brown] fox", marked("quick brown fox", "\"quick brown\""));
  EXPECT_EQ("none", marked("brown quick fox", "\"quick brown\""));
  EXPECT_EQ("[don]'[t]", marked("don't", "don't"));
  EXPECT_EQ("none", marked("don a t", "don't"));
}

TEST(MatchText, FindsCharactersWithinRuns) {
  EXPECT_EQ("東京は[日本]の首都", marked("東京は日本の首都", "日本"));
  EXPECT_EQ("東京は日[本]の首都", marked("東京は日本の首都", "本"));
  EXPECT_EQ("東京は日本の首[都]", marked("東京は日本の首都", "都"));
  EXPECT_EQ("[東京は日]本", marked("東京は日本", "東京は日"));
  EXPECT_EQ("none", marked("東京は日本", "東本"));
  EXPECT_EQ("[한국]어를", marked("한국어를", "한국"));
}

TEST(MatchText, PrefersShortTextsWithWholeWords) {
  EXPECT_GT(score("fox", "fox"), score("foxes", "fox"));
  EXPECT_GT(score("fox fox", "fox"), score("fox dog", "fox"));
  EXPECT_GT(score("fox", "fox"), score("a fox in a very long sentence about other things", "fox"));
  EXPECT_GE(score("fox", "fox"), 1);
  EXPECT_LE(score("fox fox fox fox", "fox"), 1000);
}

std::string shown(std::string_view text, std::string_view query, HighlightOptions const& options = {}) {
  auto const found = match(text, parse_query(query));
  if (!found) return "none";
  auto const piece = highlight(text, found->ranges, options);
  auto result = piece.text;
  for (auto const& span : piece.spans) result += "|" + std::to_string(span.from) + "-" + std::to_string(span.to);
  return result;
}

TEST(Highlight, GivesAShortTextWholeWithUtf16Ranges) {
  EXPECT_EQ("🙂 a fox|5-8", shown("🙂 a fox", "fox"));
  EXPECT_EQ("日本語 fox 🙂 fox|4-7|11-14", shown("日本語 fox 🙂 fox", "fox"));
}

TEST(Highlight, CutsALongTextAroundTheFirstMatch) {
  HighlightOptions const options{.whole_units = 20, .before_units = 8, .snippet_units = 20};
  EXPECT_EQ("…four five six seven…|6-10", shown("one two three four five six seven eight nine", "five", options));
  EXPECT_EQ("one two three four…|0-3", shown("one two three four five six seven eight nine", "\"one\"", options));
  EXPECT_EQ("…eight nine|7-11", shown("one two three four five six seven eight nine", "nine", options));
}

TEST(Highlight, CutsNeitherCodePointsNorMatches) {
  HighlightOptions const options{.whole_units = 10, .before_units = 3, .snippet_units = 9};
  EXPECT_EQ("…🙂fox🙂🙂…|3-6", shown("🙂🙂🙂🙂fox🙂🙂🙂🙂🙂", "fox", options));
  EXPECT_EQ("fox a…|0-3", shown("fox a foxfoxfox foxes", "fox", options));
  EXPECT_EQ("xxxxxxxxx…|0-9", shown(std::string(50, 'x'), "xxx", options));
}

}  // namespace
}  // namespace parlance::search
