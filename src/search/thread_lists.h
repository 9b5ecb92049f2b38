#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// Lists within a column of thread_documents.
namespace parlance::search {

std::string join_numbers(std::vector<std::int64_t> const& numbers);
std::vector<std::int64_t> split_numbers(std::string_view text);

/// With U+001F between.
std::string join_texts(std::vector<std::string> const& texts);
std::vector<std::string> split_texts(std::string_view text);

/// The pieces of `text` between the separators; empty ones are left out.
template <typename Visit>
void each_piece(std::string_view text, char separator, Visit visit) {
  while (!text.empty()) {
    auto const piece = text.substr(0, text.find(separator));
    if (!piece.empty()) visit(piece);
    text.remove_prefix(std::min(piece.size() + 1, text.size()));
  }
}

/// 64 bits that stand for a text of tokens: equal texts have equal ones, for all that can be expected. FNV-1a.
constexpr std::int64_t digest_of(std::string_view text) {
  std::uint64_t digest = 0xcbf29ce484222325U;
  for (char const c : text) digest = (digest ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
  return static_cast<std::int64_t>(digest);
}

}  // namespace parlance::search
