#include "search/tokenize.h"

#include <gtest/gtest.h>

#include "base/text.h"

namespace parlance::search {
namespace {

std::string words(std::string_view text) { return join(tokenize(text)); }

/// "token[bytes of the text]" of each.
std::string places(std::string_view text) {
  std::string result;
  for (auto const& token : tokenize(text))
    result += token.text + "[" + std::string(text.substr(token.begin, token.end - token.begin)) + "]";
  return result;
}

TEST(Tokenize, TakesRunsOfLettersAndDigits) {
  EXPECT_EQ("don t panic 42 a b c ", words("Don't PANIC: 42, a.b@c!"));
  EXPECT_EQ("", words(" \t\n.,;:!?-_\"'()"));
  EXPECT_EQ("", words(""));
  EXPECT_EQ("", words("👍🏽 ❤️ →"));
}

TEST(Tokenize, FoldsCaseAccentsAndForms) {
  EXPECT_EQ("cafe cafe ", words("Café Cafe\u0301"));
  EXPECT_EQ("strasse οδοσ istanbul ", words("Straße ὉΔΌΣ İstanbul"));
  EXPECT_EQ("elka мой ", words("Elká Мой"));
  EXPECT_EQ(words("елка"), words("ёлка"));
  EXPECT_EQ("abc 12 ffi ", words("ＡＢＣ １２ ﬃ"));
  EXPECT_EQ("softhyphen ", words("soft\u00adhyphen"));
  EXPECT_EQ(words("كتب"), words("كَتَبَ"));
}

TEST(Tokenize, KeepsTheVowelsOfIndicScriptsAndTheVoicingOfKana) {
  EXPECT_EQ("हिन्दी ", words("हिन्दी"));
  EXPECT_NE(words("が"), words("か"));
  EXPECT_EQ(words("ガ"), words("ｶﾞ"));
}

TEST(Tokenize, CutsRunsWithoutSpacesIntoBigrams) {
  EXPECT_EQ("日本 本語 語 ", words("日本語"));
  EXPECT_EQ("語 ", words("語"));
  EXPECT_EQ("使用 用 linux 系统 统 ", words("使用Linux系统"));
  EXPECT_EQ("한국 국어 어 ", words("한국어"));
  EXPECT_EQ("スー ーパ パー ー ", words("スーパー"));
  EXPECT_EQ("東京 京 大阪 阪 ", words("東京、大阪。"));
}

TEST(Tokenize, TellsWhereEachTokenWasFound) {
  EXPECT_EQ("a[Á]bc[bc]日本[日本]本[本]", places("«Á» bc-日本"));
  EXPECT_EQ("cafe[Cafe\u0301]", places("Cafe\u0301"));
  auto const tokens = tokenize("日本");
  EXPECT_EQ(3U, tokens[0].middle);
  EXPECT_EQ(6U, tokens[0].end);
}

TEST(Tokenize, CutsWhatIsTooLong) {
  auto const tokens = tokenize(std::string(100'000, 'x') + " " + std::string(kMaxTokenBytes, 'y'));
  ASSERT_EQ(2U, tokens.size());
  EXPECT_EQ(std::string(kMaxTokenBytes, 'x'), tokens[0].text);
  EXPECT_EQ(100'000U, tokens[0].end);
  std::string accents = "a";
  for (int i = 0; i < 5000; ++i) accents += "\u0301";
  EXPECT_EQ("a ", words(accents));
  std::string marks = "क";
  for (int i = 0; i < 500; ++i) marks += "ि";
  auto const indic = tokenize(marks);
  ASSERT_EQ(1U, indic.size());
  EXPECT_TRUE(indic[0].text.size() <= kMaxTokenBytes && is_utf8(indic[0].text));
}

TEST(Tokenize, TheQuickWayForAsciiSaysTheSame) {
  for (std::string const text : {"", " ", "a", "Hello, World! 42", "tab\tand\nline", "..dots..", "under_score", "x-1/y",
                                 "Cafe\u0301 na\u00efve"})
    EXPECT_EQ(words(text), joined_tokens(text)) << text;
  std::string all;
  for (int c = 0; c < 128; ++c) all += std::string(2, static_cast<char>(c)) + "z";
  EXPECT_EQ(words(all), joined_tokens(all));
  auto const runs = std::string(kMaxTokenBytes - 1, 'a') + " " + std::string(kMaxTokenBytes, 'B') + " " +
                    std::string(kMaxTokenBytes + 1, 'c') + std::string(500, 'd') + " e";
  EXPECT_EQ(words(runs), joined_tokens(runs));
}

}  // namespace
}  // namespace parlance::search
