#include "search/typesense/lists.h"

#include <fmt/format.h>

#include <string>

#include "base/text.h"

namespace parlance::search::typesense {

std::vector<std::string_view> split_list(std::string_view text) {
  std::vector<std::string_view> parts;
  if (trim(text).empty()) return parts;
  for (;;) {
    auto const comma = text.find(',');
    parts.push_back(trim(text.substr(0, comma)));
    if (comma == std::string_view::npos) return parts;
    text.remove_prefix(comma + 1);
  }
}

Result<std::int64_t> read_number(std::string_view parameter, std::string_view text, std::int64_t least,
                                 std::int64_t most) {
  auto const number = parse_integer(trim(text));
  bool const is_right = number && *number >= least && *number <= most;
  if (!is_right) return invalid(std::string(parameter), fmt::format("must be a whole number, {} to {}", least, most));
  return *number;
}

Result<bool> read_flag(std::string_view parameter, std::string_view text) {
  auto const word = trim(text);
  if (word == "true" || word == "1") return true;
  if (word == "false" || word == "0") return false;
  return invalid(std::string(parameter), "must be true or false");
}

}  // namespace parlance::search::typesense
