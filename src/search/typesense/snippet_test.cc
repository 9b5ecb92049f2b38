#include "search/typesense/snippet.h"

#include <gtest/gtest.h>

namespace parlance::search::typesense {
namespace {

/// The snippet, and what has matched behind bars; "none" where nothing has.
std::string shown(std::string_view text, std::string_view query, SnippetOptions const& options = {}) {
  auto const snippet = make_snippet(text, parse_query(query).required, options);
  if (!snippet) return "none";
  auto result = snippet->text;
  for (auto const& token : snippet->matched_tokens) result += "|" + token;
  return result;
}

SnippetOptions const kShort{.affix_words = 2, .whole_words = 3, .start_tag = "[", .end_tag = "]"};

TEST(TypesenseSnippet, IsThatOfTheSample) {
  std::string const chat =
      "Hello everybody! We are planning to use Typesense for our multi-tenant SaaS and would like to know how large"
      " one collection may become before we ought to think about cutting it into several ones, and what that costs us"
      " later on.";
  EXPECT_EQ("are planning to use <mark>Typesense</mark> for our multi-tenant SaaS|Typesense", shown(chat, "typesense"));
  std::string const summary =
      "<@4L6d3> shares plans to use Typesense for their SaaS platform and asks about collection sizes and sharding."
      " <@4L6c7> clarifies Typesense's capabilities and shares a beta feature. They discuss using unique collections"
      " per customer.";
  EXPECT_EQ("shares plans to use <mark>Typesense</mark> for their SaaS platform|Typesense",
            shown(summary, "typesense"));
  EXPECT_EQ("Discussions on <mark>Typesense</mark>, Collections, and Dynamic Fields|Typesense",
            shown("Discussions on Typesense, Collections, and Dynamic Fields", "typesense"));
}

TEST(TypesenseSnippet, GivesShortTextsWhole) {
  EXPECT_EQ("a [fox] b|fox", shown("a fox b", "fox", kShort));
  EXPECT_EQ("… [Fox], b!|Fox", shown("… Fox, b!", "fox", kShort));
  EXPECT_EQ("none", shown("a fox b", "dog", kShort));
  EXPECT_EQ("none", shown("", "dog", kShort));
  EXPECT_EQ("none", shown("!?", "dog", kShort));
}

TEST(TypesenseSnippet, CutsLongTextsAroundTheMatch) {
  EXPECT_EQ("two three [four] five six|four", shown("one two three four five six seven", "four", kShort));
  EXPECT_EQ("[one] two three|one", shown("one two three four", "\"one\"", kShort));
  EXPECT_EQ("two three [four]|four", shown("one two three four", "four", kShort));
  EXPECT_EQ("[four]|four", shown("one two three four five", "four",
                                 {.affix_words = 0, .whole_words = 3, .start_tag = "[", .end_tag = "]"}));
}

TEST(TypesenseSnippet, KeepsPunctuationWithItsWords) {
  EXPECT_EQ("(two) three [four]. five, six!|four", shown("one (two) three four. five, six! seven", "four", kShort));
  EXPECT_EQ("<@4L6d3> has [four] a b|four", shown("one <@4L6d3> has four a b c", "four", kShort));
  EXPECT_EQ("well-known a/b [four] x y|four", shown("one well-known a/b four x y z", "four", kShort));
  EXPECT_EQ("two three [four]|four", shown("one two three four" + std::string(50, '!'), "four", kShort));
}

TEST(TypesenseSnippet, ShowsThePieceWithTheMostTerms) {
  EXPECT_EQ("c d [quick] [fox] e f|quick|fox",
            shown("quick a a a a a a a a a a a a b c d quick fox e f g", "quick fox", kShort));
  EXPECT_EQ("a b [fox] c d|fox", shown("o a b fox c d e f g h i j k l m n fox z", "fox", kShort));
  EXPECT_EQ("a b [fox] c [Fox] d e|fox|Fox", shown("o a b fox c Fox d e f g", "fox", kShort));
}

TEST(TypesenseSnippet, MarksPhrasesWordByWord) {
  EXPECT_EQ("a [quick] [fox] b|quick|fox", shown("a quick fox b", "\"quick fox\"", kShort));
  EXPECT_EQ("none", shown("a fox quick b", "\"quick fox\""));
}

TEST(TypesenseSnippet, MarksAnyTermThatIsThere) {
  EXPECT_EQ("a [quick] b|quick", shown("a quick b", "quick fox", kShort));
}

TEST(TypesenseSnippet, FoldsAccentsAndKeepsThem) {
  EXPECT_EQ("le [Café] noir|Café", shown("le Café noir", "cafe", kShort));
  EXPECT_EQ("[Ёлка]|Ёлка", shown("Ёлка", "елка", kShort));
}

TEST(TypesenseSnippet, CountsCharactersWhereThereAreNoSpaces) {
  EXPECT_EQ("東京は[日本]の首都|日本",
            shown("東京は日本の首都", "日本", {.whole_words = 30, .start_tag = "[", .end_tag = "]"}));
  EXPECT_EQ("京は[日本]の首|日本", shown("東京は日本の首都です", "日本", kShort));
  EXPECT_EQ("京は、[日本]。東京|日本", shown("東京は、日本。東京", "日本", kShort));
}

TEST(TypesenseSnippet, LeavesMarkupAsItIs) {
  EXPECT_EQ("&gt; a <b>[fox]</b>|fox", shown("&gt; a <b>fox</b>", "fox", {.start_tag = "[", .end_tag = "]"}));
}

TEST(TypesenseSnippet, MarksNoMoreThanSoMany) {
  std::string text;
  for (int i = 0; i < 1000; ++i) text += "fox ";
  auto options = kShort;
  options.needs_whole = true;
  auto const snippet = make_snippet(text, parse_query("fox").required, options);
  ASSERT_TRUE(snippet);
  EXPECT_EQ(text.size() + 200 * 2, snippet->whole.size());
  EXPECT_TRUE(snippet->whole.ends_with("[fox] " + text.substr(0, text.size() - 200 * 4)));
}

TEST(TypesenseSnippet, GivesTheWholeTextWhereItIsWanted) {
  auto options = kShort;
  options.needs_whole = true;
  auto const snippet = make_snippet("one two three four five six fox", parse_query("two fox").required, options);
  ASSERT_TRUE(snippet);
  EXPECT_EQ("one [two] three four five six [fox]", snippet->whole);
  EXPECT_EQ("one [two] three four five six [fox]", snippet->text);
}

}  // namespace
}  // namespace parlance::search::typesense
