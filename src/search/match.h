#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "search/query.h"
#include "search/tokenize.h"

namespace parlance::search {

/// Bytes [begin, end) of a text.
struct Range {
  std::size_t begin = 0;
  std::size_t end = 0;

  friend bool operator==(Range const&, Range const&) = default;
};

/// How a text satisfies a query.
struct Match {
  std::vector<Range> ranges;  ///< every occurrence of a required term; ascending, apart
  /// How good a match it is, 1..1000: grows with how often the terms occur and how short the text is, and with whole
  /// words where a prefix was asked. Comparable within one query only.
  int score = 0;
};

/// Empty where `text` lacks a required term or holds an excluded one. `text` is well-formed UTF-8. Any thread.
std::optional<Match> match(std::string_view text, Terms const& terms);

/// Whether `term` stands in a text at token `at`.
bool occurs_at(std::vector<Token> const& tokens, std::size_t at, Term const& term);

/// What token `i` shows of an occurrence of `term` at token `at`.
Range shown_at(std::vector<Token> const& tokens, std::size_t at, std::size_t i, Term const& term);

}  // namespace parlance::search
