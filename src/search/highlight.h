#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "search/match.h"

namespace parlance::search {

/// Lengths in UTF-16 units.
struct HighlightOptions {
  std::size_t whole_units = 320;    ///< a text up to this long is given whole
  std::size_t before_units = 80;    ///< of a longer one, at most this much before the first match
  std::size_t snippet_units = 320;  ///< and about this much in all
};

/// A piece of a text, with an ellipsis where it was cut, and where the matches lie in the piece.
struct Highlight {
  /// UTF-16 units [from, to) of `text`.
  struct Span {
    std::size_t from = 0;
    std::size_t to = 0;

    friend bool operator==(Span const&, Span const&) = default;
  };

  std::string text;
  std::vector<Span> spans;  ///< ascending, apart
};

/// The piece of `text` around its first match. Never cuts a code point, nor a match unless it alone is too long, and
/// prefers to cut at white space.
/// `text` is well-formed UTF-8 and `ranges` are its own, as Match has them. Any thread.
Highlight highlight(std::string_view text, std::vector<Range> const& ranges, HighlightOptions const& options = {});

}  // namespace parlance::search
