#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace parlance::search {

/// A word that says what texts are about.
struct SalientTerm {
  std::string token;      ///< folded, as the index has it
  std::string word;       ///< as it stands where it first occurs
  std::size_t count = 0;  ///< occurrences
  std::size_t texts = 0;  ///< in how many of the texts

  friend bool operator==(SalientTerm const&, SalientTerm const&) = default;
};

/// The most telling words of `texts` (well-formed UTF-8), best first: those that occur often and in many of them. No
/// everyday English words, no numbers, nothing of fewer than three ASCII letters, no addresses or mentions. The same
/// texts always give the same words. Any thread.
std::vector<SalientTerm> salient_terms(std::span<std::string_view const> texts, std::size_t most);

/// Whether a folded token is an everyday English word.
bool is_stop_word(std::string_view token);

/// `text` with spaces in the place of addresses (https://…) and of what stands in <angle brackets>.
std::string without_markup(std::string_view text);

}  // namespace parlance::search
