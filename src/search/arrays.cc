#include "search/arrays.h"

#include <fmt/format.h>

namespace parlance::search {

std::string array_of(std::span<std::int64_t const> numbers) { return fmt::format("{{{}}}", fmt::join(numbers, ",")); }

std::string array_of(std::span<std::string const> texts) {
  return texts.empty() ? "{}" : fmt::format("{{\"{}\"}}", fmt::join(texts, "\",\""));
}

std::string byte_array_of(std::span<std::string const> values) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string result = "{";
  for (auto const& value : values) {
    // The backslash of bytea's hexadecimal form is one for the array too.
    result += result.size() == 1 ? "\"\\\\x" : ",\"\\\\x";
    for (char const c : value) {
      auto const byte = static_cast<unsigned char>(c);
      result += kDigits[byte >> 4U];
      result += kDigits[byte & 15U];
    }
    result += '"';
  }
  return result + "}";
}

}  // namespace parlance::search
