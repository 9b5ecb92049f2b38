#include "search/thread_lists.h"

#include <fmt/format.h>

#include "base/text.h"

namespace parlance::search {

namespace {

constexpr char kTextSeparator = '\x1f';

}  // namespace

std::string join_numbers(std::vector<std::int64_t> const& numbers) {
  return fmt::format("{}", fmt::join(numbers, ","));
}

std::vector<std::int64_t> split_numbers(std::string_view text) {
  std::vector<std::int64_t> numbers;
  each_piece(text, ',', [&](std::string_view piece) { numbers.push_back(parse_integer(piece).value_or(0)); });
  return numbers;
}

std::string join_texts(std::vector<std::string> const& texts) { return fmt::format("{}", fmt::join(texts, "\x1f")); }

std::vector<std::string> split_texts(std::string_view text) {
  std::vector<std::string> texts;
  each_piece(text, kTextSeparator, [&](std::string_view piece) { texts.emplace_back(piece); });
  return texts;
}

}  // namespace parlance::search
