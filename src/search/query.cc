#include "search/query.h"

#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <utility>

#include "base/text.h"
#include "search/tokenize.h"

namespace parlance::search {

namespace {

/// What people and their keyboards put around phrases.
constexpr std::array<std::string_view, 4> kQuotes = {"\"", "\u201c", "\u201d", "\u201e"};

/// A word or a quoted phrase as it was typed.
struct Piece {
  std::string_view text;
  bool is_quoted = false;
  bool is_excluded = false;
};

std::size_t space_length(std::string_view text) {
  std::int32_t length = 0;
  UChar32 c = 0;
  U8_NEXT(text.data(), length, static_cast<std::int32_t>(text.size()), c);
  return u_isUWhiteSpace(c) ? static_cast<std::size_t>(length) : 0;
}

std::size_t quote_length(std::string_view text) {
  auto const found = std::ranges::find_if(kQuotes, [&](std::string_view quote) { return text.starts_with(quote); });
  return found == kQuotes.end() ? 0 : found->size();
}

/// Takes pieces from the front of `rest` until it is empty.
std::optional<Piece> next_piece(std::string_view& rest) {
  Piece piece;
  for (; !rest.empty(); rest.remove_prefix(1)) {
    while (!rest.empty()) {
      auto const space = space_length(rest);
      if (space == 0) break;
      piece.is_excluded = false;
      rest.remove_prefix(space);
    }
    if (!rest.starts_with('-')) break;
    piece.is_excluded = true;
  }
  if (rest.empty()) return std::nullopt;
  auto const quote = quote_length(rest);
  piece.is_quoted = quote > 0;
  rest.remove_prefix(quote);
  std::size_t end = 0;
  while (end < rest.size() && !quote_length(rest.substr(end)) && (quote > 0 || !space_length(rest.substr(end)))) {
    // Neither quotes nor white space begin with a byte that goes on with a code point.
    do ++end;
    while (end < rest.size() && (static_cast<unsigned char>(rest[end]) & 0xC0U) == 0x80U);
  }
  piece.text = rest.substr(0, end);
  rest.remove_prefix(end);
  if (quote > 0) rest.remove_prefix(quote_length(rest));
  return piece;
}

Term term_of(std::vector<Token> tokens) {
  Term term;
  bool const is_cut = tokens.size() > kMaxTermTokens;
  if (is_cut) tokens.resize(kMaxTermTokens);
  if (tokens.back().kind == TokenKind::unit) {
    // A run in a text may go on where the query's run ends: its last character begins some token there.
    bool const is_alone = tokens.size() == 1 || tokens[tokens.size() - 2].kind != TokenKind::bigram;
    if (is_alone)
      term.is_prefix = true;
    else
      tokens.pop_back();
  }
  for (auto& token : tokens) term.tokens.push_back(std::move(token.text));
  return term;
}

bool may_go_on(Piece const& piece, std::vector<Token> const& tokens) {
  return !piece.is_quoted && !piece.is_excluded && tokens.size() <= kMaxTermTokens &&
         tokens.back().kind == TokenKind::word && code_point_count(tokens.back().text) >= kMinPrefixLetters;
}

}  // namespace

Terms parse_query(std::string_view text, LastWord last_word) {
  Terms terms;
  if (!is_utf8(text)) return terms;
  auto rest = truncate_utf8(text, kMaxQueryBytes);
  bool last_goes_on = false;
  while (terms.required.size() + terms.excluded.size() < kMaxTerms) {
    auto const piece = next_piece(rest);
    if (!piece) break;
    auto tokens = tokenize(piece->text);
    if (tokens.empty()) continue;
    last_goes_on = may_go_on(*piece, tokens);
    (piece->is_excluded ? terms.excluded : terms.required).push_back(term_of(std::move(tokens)));
  }
  if (last_goes_on && last_word == LastWord::prefix) terms.required.back().is_prefix = true;
  return terms;
}

}  // namespace parlance::search
