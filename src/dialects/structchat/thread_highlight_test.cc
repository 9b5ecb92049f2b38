#include "dialects/structchat/thread_highlight.h"

#include <gtest/gtest.h>

namespace parlance::structchat {
namespace {

using search::TextField;
using search::typesense::Snippet;

FieldHighlight of(TextField field, std::string snippet, std::string token) {
  Snippet found{.text = std::move(snippet), .whole = "whole", .matched_tokens = {std::move(token)}};
  return {.field = field, .parts = {{.text = "", .snippet = std::move(found)}}};
}

std::string keyed(std::vector<FieldHighlight> const& highlights) {
  JsonWriter out;
  write_keyed_highlights(out, highlights);
  return out.take();
}

std::string listed(std::vector<FieldHighlight> const& highlights) {
  JsonWriter out;
  write_listed_highlights(out, highlights);
  return out.take();
}

TEST(ThreadHighlight, IsByNameAsTheSampleHasIt) {
  EXPECT_EQ(R"({"chats":{"matched_tokens":["b"],"snippet":"<b>"},"subject":{"matched_tokens":["a"],"snippet":"<a>"}})",
            keyed({of(TextField::subject, "<a>", "a"), of(TextField::chats, "<b>", "b")}));
  EXPECT_EQ("{}", keyed({}));
}

TEST(ThreadHighlight, IsAListInTheOrderOfTheFields) {
  EXPECT_EQ(
      R"([{"field":"subject","matched_tokens":["a"],"snippet":"<a>"},{"field":"chats","matched_tokens":["b"],"snippet":"<b>"}])",
      listed({of(TextField::subject, "<a>", "a"), of(TextField::chats, "<b>", "b")}));
  EXPECT_EQ("[]", listed({}));
}

TEST(ThreadHighlight, HasTheWholeTextWhereItIsWanted) {
  auto highlight = of(TextField::chats, "<a>", "a");
  highlight.is_full = true;
  EXPECT_EQ(R"({"chats":{"matched_tokens":["a"],"snippet":"<a>","value":"whole"}})", keyed({highlight}));
}

TEST(ThreadHighlight, TellsWhichOfSeveralTagsMatch) {
  auto highlight = of(TextField::tags, "<a>", "a");
  highlight.parts.insert(highlight.parts.begin(), {.text = "x", .snippet = std::nullopt});
  EXPECT_EQ(R"({"tags":[{"matched_tokens":[],"snippet":"x"},{"matched_tokens":["a"],"snippet":"<a>"}]})",
            keyed({highlight}));
  EXPECT_EQ(R"([{"field":"tags","indices":[1],"matched_tokens":[["a"]],"snippets":["<a>"]}])", listed({highlight}));
}

}  // namespace
}  // namespace parlance::structchat
