#include <algorithm>

#include "base/text.h"
#include "search/highlight.h"
#include "search/match.h"
#include "search/query.h"
#include "search/tokenize.h"
#include "slices.h"

namespace {

using parlance::fuzz::require;
namespace search = parlance::search;

/// Neither engine's query language may ever see anything else.
bool is_token(std::string_view token) {
  return !token.empty() && token.size() <= search::kMaxTokenBytes && parlance::is_utf8(token) &&
         std::ranges::all_of(token, [](char c) {
           return static_cast<unsigned char>(c) >= 0x80 || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
         });
}

void check_terms(std::vector<search::Term> const& terms) {
  for (auto const& term : terms) {
    require(!term.tokens.empty() && term.tokens.size() <= search::kMaxTermTokens);
    require(std::ranges::all_of(term.tokens, is_token));
  }
}

void check_highlight(std::string_view text, std::vector<search::Range> const& ranges) {
  auto const piece = search::highlight(text, ranges, {.whole_units = 8, .before_units = 3, .snippet_units = 8});
  require(parlance::is_utf8(piece.text));
  std::size_t at = 0;
  for (auto const& span : piece.spans) {
    require(span.from >= at && span.to > span.from);
    require(parlance::utf16_to_byte_offset(piece.text, span.from).has_value());
    require(parlance::utf16_to_byte_offset(piece.text, span.to).has_value());
    at = span.to;
  }
}

}  // namespace

// A query is bounded and made of tokens only. What it matches has its matches within it, and a text matches itself.
extern "C" int LLVMFuzzerTestOneInput(unsigned char const* data, std::size_t size) {
  std::string_view const text(reinterpret_cast<char const*>(data), size);
  auto const terms = search::parse_query(text);
  require(terms.required.size() + terms.excluded.size() <= search::kMaxTerms);
  check_terms(terms.required);
  check_terms(terms.excluded);
  if (!parlance::is_utf8(text)) return 0;
  auto const found = search::match(text, terms);
  bool const is_whole = size <= search::kMaxQueryBytes && terms.excluded.empty();
  if (is_whole && !terms.required.empty()) require(found.has_value());
  if (!found) return 0;
  require(found->score >= 1 && found->score <= 1000 && !found->ranges.empty());
  std::size_t at = 0;
  for (auto const& range : found->ranges) {
    require(range.begin >= at && range.end > range.begin && range.end <= text.size());
    at = range.end;
  }
  check_highlight(text, found->ranges);
  return 0;
}
