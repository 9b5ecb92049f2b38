#include "search/match.h"

#include <algorithm>
#include <cmath>

#include "search/tokenize.h"

namespace parlance::search {

namespace {

// The usual saturation of BM25, with a fixed length for the average message.
constexpr double kSaturation = 1.2;
constexpr double kLengthShare = 0.75;
constexpr double kTypicalTokens = 24;

/// What a match by a prefix alone is worth beside one of the whole word.
constexpr double kPrefixWorth = 0.85;

struct Occurrences {
  std::size_t count = 0;
  bool has_whole = false;
};

Occurrences find(std::vector<Token> const& tokens, Term const& term, std::vector<Range>& ranges) {
  Occurrences found;
  for (std::size_t at = 0; at < tokens.size(); ++at) {
    if (!occurs_at(tokens, at, term)) continue;
    ++found.count;
    auto const last = at + term.tokens.size() - 1;
    bool const is_whole = tokens[last].text == term.tokens.back();
    found.has_whole |= is_whole || tokens[last].kind == TokenKind::bigram;
    for (auto i = at; i <= last; ++i) ranges.push_back(shown_at(tokens, at, i, term));
  }
  return found;
}

double worth(Occurrences const& found, std::size_t length) {
  auto const count = static_cast<double>(found.count);
  auto const relative_length = static_cast<double>(length) / kTypicalTokens;
  auto const frequency = count / (count + kSaturation * (1 - kLengthShare + kLengthShare * relative_length));
  return frequency * (found.has_whole ? 1 : kPrefixWorth);
}

std::vector<Range> merge(std::vector<Range> ranges) {
  std::ranges::sort(ranges, {}, [](Range const& range) { return std::pair(range.begin, range.end); });
  std::vector<Range> merged;
  for (auto const& range : ranges) {
    if (!merged.empty() && range.begin <= merged.back().end)
      merged.back().end = std::max(merged.back().end, range.end);
    else
      merged.push_back(range);
  }
  return merged;
}

}  // namespace

std::optional<Match> match(std::string_view text, Terms const& terms) {
  if (terms.empty()) return std::nullopt;
  auto const tokens = tokenize(text);
  for (auto const& term : terms.excluded) {
    std::vector<Range> ignored;
    if (find(tokens, term, ignored).count > 0) return std::nullopt;
  }
  std::vector<Range> ranges;
  double sum = 0;
  for (auto const& term : terms.required) {
    auto const found = find(tokens, term, ranges);
    if (found.count == 0) return std::nullopt;
    sum += worth(found, tokens.size());
  }
  auto const mean = sum / static_cast<double>(terms.required.size());
  return Match{merge(std::move(ranges)), std::clamp(static_cast<int>(std::lround(1000 * mean)), 1, 1000)};
}

bool occurs_at(std::vector<Token> const& tokens, std::size_t at, Term const& term) {
  auto const count = term.tokens.size();
  if (tokens.size() - at < count) return false;
  for (std::size_t i = 0; i + 1 < count; ++i)
    if (tokens[at + i].text != term.tokens[i]) return false;
  auto const& last = tokens[at + count - 1].text;
  return term.is_prefix ? last.starts_with(term.tokens.back()) : last == term.tokens.back();
}

Range shown_at(std::vector<Token> const& tokens, std::size_t at, std::size_t i, Term const& term) {
  auto const& token = tokens[i];
  // The only prefix of a bigram that is ever asked for is its first character.
  bool const is_part = term.is_prefix && i - at + 1 == term.tokens.size() && token.text != term.tokens.back();
  return {token.begin, is_part ? token.middle : token.end};
}

}  // namespace parlance::search
