#include "base/glob.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

namespace parlance {
namespace {

TEST(Glob, MatchesTheWholeText) {
  for (auto const* const pattern :
       {"news:sport", "*", "**", "news:*", "*sport", "n*s*t", "news:sport*", "*news:sport", "*:*", "***o*t"}) {
    EXPECT_TRUE(matches_glob("news:sport", pattern)) << pattern;
  }
  for (auto const* const pattern :
       {"", "news", "sport", "news:sport:*", "*news", "s*", "*x*", "n*s*s", "News:*", "news?sport", "*:*:*"}) {
    EXPECT_FALSE(matches_glob("news:sport", pattern)) << pattern;
  }
  EXPECT_TRUE(matches_glob("", ""));
  EXPECT_TRUE(matches_glob("", "**"));
  EXPECT_FALSE(matches_glob("", "*a"));
  EXPECT_TRUE(matches_glob("a*b", "a*b"));
  EXPECT_TRUE(matches_glob("abab", "*ab"));
}

/// By definition, and only for short ones.
bool matches_slowly(std::string_view text, std::string_view pattern) {
  if (pattern.empty()) return text.empty();
  if (pattern.front() == '*') {
    return matches_slowly(text, pattern.substr(1)) || (!text.empty() && matches_slowly(text.substr(1), pattern));
  }
  return !text.empty() && text.front() == pattern.front() && matches_slowly(text.substr(1), pattern.substr(1));
}

/// The number's digits in base 3 as letters; every text up to some length.
std::string spell(int number, std::string_view letters) {
  std::string text;
  for (; number > 0; number /= 3)
    if (number % 3 != 0) text += letters[static_cast<std::size_t>(number % 3)];
  return text;
}

TEST(Glob, AgreesWithItsDefinition) {
  for (int i = 0; i < 729; ++i) {
    for (int j = 0; j < 729; ++j) {
      auto const text = spell(i, "_ab");
      auto pattern = spell(j, "_a*");
      ASSERT_EQ(matches_glob(text, pattern), matches_slowly(text, pattern)) << text << " " << pattern;
    }
  }
}

TEST(Glob, DoesNotTakeForEverOverManyStars) {
  std::string pattern;
  for (int i = 0; i < 120; ++i) pattern += "*a";
  auto const began = std::chrono::steady_clock::now();
  EXPECT_FALSE(matches_glob(std::string(240, 'a'), pattern + "*b"));
  EXPECT_TRUE(matches_glob(std::string(240, 'a'), pattern + "*"));
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(1));
}

}  // namespace
}  // namespace parlance
