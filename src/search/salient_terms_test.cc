#include "search/salient_terms.h"

#include <gtest/gtest.h>

namespace parlance::search {
namespace {

std::string terms_of(std::vector<std::string_view> const& texts, std::size_t most = 10) {
  std::string text;
  for (auto const& term : salient_terms(texts, most)) {
    text += term.word + ":" + std::to_string(term.count) + "/" + std::to_string(term.texts) + " ";
  }
  return text;
}

TEST(SalientTerms, ComeByHowOftenAndInHowManyTexts) {
  EXPECT_EQ(terms_of({"Shard the Collections", "collections, collections and sharding", "the shard"}, 2),
            "Collections:3/2 Shard:2/2 ");
}

TEST(SalientTerms, LeaveOutEverydayWordsNumbersAddressesAndMentions) {
  EXPECT_EQ(terms_of({"<@4L6c8> what about 2024 https://example.com/deploy it is"}), "");
}

TEST(SalientTerms, CutScriptsWithoutSpaces) { EXPECT_EQ(terms_of({"日本語"}), "日本:1/1 本語:1/1 "); }

TEST(SalientTerms, KeepWhatOnlyLooksLikeMarkup) {
  EXPECT_EQ(without_markup("a < b, c <d\n> http:/x"), "a < b, c <d\n> http:/x");
}

}  // namespace
}  // namespace parlance::search
