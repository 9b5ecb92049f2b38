#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "search/thread_index.h"
#include "storage/transaction.h"

/// The distinct terms of a tenant, in thread_terms, and the trigrams that they are found by where they are not known by
/// their beginning. There are some hundred thousand at most where there are millions of messages, so that substrings
/// and misspelt words are cheap to look for here and next to impossible in the messages.
namespace parlance::search {

/// Shorter and longer terms are not found by trigrams: CJK tokens, and what no person has typed.
inline constexpr std::size_t kMinSpelledLetters = 3;
inline constexpr std::size_t kMaxSpelledLetters = 32;

/// Three letters side by side, each once, of the term between two blanks before it and one after it.
struct Trigrams {
  std::vector<std::string> texts;  ///< none where the term is too short or too long
  std::size_t letters = 0;         ///< of the term
};
Trigrams trigrams_of(std::string_view term);

/// How many letters must be changed, put in, taken out or swapped with their neighbour to make `term` of `token`; with
/// `goes_on` to make what some term of that beginning begins with. More than `most` is `most` + 1.
int edit_distance(std::u32string_view token, std::u32string_view term, bool goes_on, int most);

/// The code points of well-formed UTF-8.
std::u32string letters_of(std::string_view text);

/// What all terms that begin with `prefix` come before.
std::string end_of_prefix(std::string_view prefix);

/// As ThreadIndex::resolve().
Result<std::vector<DictionaryTerm>> find_terms(storage::Transaction& index, TenantId tenant,
                                               TermPattern const& pattern);

/// Enters terms that are new, and takes out what no text holds any more.
Result<void> add_trigrams(storage::Transaction& index, TenantId tenant, std::vector<std::string> const& terms);
Result<void> remove_terms(storage::Transaction& index, TenantId tenant, std::vector<std::string> const& terms);

}  // namespace parlance::search
