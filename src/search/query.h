#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace parlance::search {

/// Tokens that must stand side by side in a text, in this order.
struct Term {
  std::vector<std::string> tokens;  ///< never empty
  bool is_prefix = false;           ///< the last token need only begin as told
};

/// What a text must and must not contain.
struct Terms {
  std::vector<Term> required;
  std::vector<Term> excluded;

  /// Matches nothing: a query that only excludes is none.
  bool empty() const { return required.empty(); }
};

enum class LastWord { whole, prefix };

/// Bounds of a query; what lies past them is ignored.
inline constexpr std::size_t kMaxQueryBytes = 2048;
inline constexpr std::size_t kMaxTerms = 32;
inline constexpr std::size_t kMaxTermTokens = 64;  ///< in one phrase

/// Shorter last words are taken whole: a prefix of one letter would match next to everything.
inline constexpr std::size_t kMinPrefixLetters = 2;

/// Reads what a person typed: words, all of which must occur; "phrases"; -excluded words and phrases. Any other
/// character only separates, so nothing typed is an error: a query without a word is empty(). A word that holds
/// punctuation ("don't", "a.b@c.d") is a phrase. With LastWord::prefix the last word, where it is not excluded or
/// within quotes, may go on. Ill-formed UTF-8 gives an empty query. Any thread.
Terms parse_query(std::string_view text, LastWord last_word = LastWord::prefix);

}  // namespace parlance::search
