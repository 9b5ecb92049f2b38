#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace parlance::search {

/// A token longer than this is cut, in texts and queries alike.
inline constexpr std::size_t kMaxTokenBytes = 96;

enum class TokenKind {
  word,    ///< a whole word of a script with spaces between words
  bigram,  ///< two characters side by side of a script without
  unit,    ///< the last character of such a run, so that every character begins a token
};

/// One thing that is indexed. Bytes [begin, end) of the text it was found in; `middle` is where the first character of
/// a bigram ends, and `end` for the other kinds.
struct Token {
  std::string text;
  TokenKind kind = TokenKind::word;
  std::size_t begin = 0;
  std::size_t middle = 0;
  std::size_t end = 0;
};

/// What both engines index, and what queries and highlights are matched by. `text` is well-formed UTF-8.
///
/// Words are runs of letters, digits and marks. They are folded: compatibility forms and case (NFKC, full case
/// folding), and accents (é and e, ё and е are one). Chinese, Japanese, Korean, Thai and their like, which are written
/// without spaces or with endings stuck to the word, are cut into overlapping bigrams: "日本語" gives 日本, 本語, 語.
/// A token holds no ASCII but a-z and 0-9. Any thread.
std::vector<Token> tokenize(std::string_view text);

/// The tokens' texts with a space after each: the form that is indexed.
std::string join(std::vector<Token> const& tokens);

/// The same as join(tokenize(text)).
std::string joined_tokens(std::string_view text);

}  // namespace parlance::search
