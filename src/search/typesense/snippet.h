#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "search/query.h"

namespace parlance::search::typesense {

/// Lengths in words: what stands between spaces, and every character of a script without spaces.
struct SnippetOptions {
  std::size_t affix_words = 4;       ///< before the first match and after the last one
  std::size_t whole_words = 30;      ///< a text up to this long is given whole
  std::string start_tag = "<mark>";  ///< before every match
  std::string end_tag = "</mark>";
  bool needs_whole = false;  ///< Snippet::whole is wanted
};

/// What shows of a text that matches. The text itself stays as it is, markup in it included.
struct Snippet {
  std::string text;                         ///< around the best matches, marked
  std::string whole;                        ///< the whole text, marked, where it is wanted
  std::vector<std::string> matched_tokens;  ///< as they stand in `text`, each once
};

/// Empty where none of `terms` occurs in `text`, which is well-formed UTF-8. Of a long text the piece is shown that
/// holds the most different terms. Any thread.
std::optional<Snippet> make_snippet(std::string_view text, std::vector<Term> const& terms,
                                    SnippetOptions const& options);

}  // namespace parlance::search::typesense
