#include "storage/sql_scan.h"

#include <algorithm>
#include <array>
#include <cctype>

#include "base/text.h"

namespace parlance::storage {
namespace {

bool is_word(char character) { return std::isalnum(static_cast<unsigned char>(character)) || character == '_'; }

/// The next word of `sql` outside of quotes and comments, which it is advanced past; empty at the end.
std::string_view next_word(std::string_view& sql) {
  while (!sql.empty()) {
    if (auto const quoted = skip_quoted(sql)) {
      sql.remove_prefix(quoted);
    } else if (is_word(sql.front())) {
      auto const end = std::ranges::find_if_not(sql, is_word) - sql.begin();
      auto const word = sql.substr(0, static_cast<std::size_t>(end));
      sql.remove_prefix(word.size());
      return word;
    } else {
      sql.remove_prefix(1);
    }
  }
  return {};
}

std::size_t end_after(std::string_view sql, std::string_view end, std::size_t from) {
  auto const found = sql.find(end, from);
  return found == sql.npos ? sql.size() : found + end.size();
}

}  // namespace

std::size_t skip_quoted(std::string_view sql) {
  if (sql.starts_with('\'')) return end_after(sql, "'", 1);
  if (sql.starts_with('"')) return end_after(sql, "\"", 1);
  if (sql.starts_with("--")) return end_after(sql, "\n", 2);
  if (sql.starts_with("/*")) return end_after(sql, "*/", 2);
  return 0;
}

bool may_write(std::string_view sql) {
  static constexpr std::array kQueries = {"select", "values", "explain", "show"};
  static constexpr std::array kWrites = {"insert", "update", "delete", "merge"};
  auto const is_in = [](auto const& words, std::string_view word) {
    return std::ranges::any_of(words, [&](std::string_view known) { return equals_ignoring_case(known, word); });
  };
  auto const first = next_word(sql);
  if (is_in(kQueries, first)) return false;
  if (!equals_ignoring_case(first, "with")) return true;
  for (auto word = next_word(sql); !word.empty(); word = next_word(sql))
    if (is_in(kWrites, word)) return true;
  return false;
}

}  // namespace parlance::storage
