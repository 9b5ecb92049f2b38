#include "core/checks.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"

namespace parlance::core {

Result<void> check_text(std::string_view text, std::string_view field, std::size_t least, std::size_t most) {
  std::string name(field);
  if (text.size() < least) return invalid(name, fmt::format("{} must not be empty", field));
  if (text.size() > most) return invalid(name, fmt::format("{} is longer than {} bytes", field, most));
  if (!is_utf8(text)) return invalid(name, fmt::format("{} is not valid UTF-8", field));
  if (text.contains('\0')) return invalid(name, fmt::format("{} must not contain a NUL character", field));
  return {};
}

Result<void> check_line(std::string_view text, std::string_view field, std::size_t least, std::size_t most) {
  TRY(check_text(text, field, least, most));
  auto const is_control = [](char c) { return (c >= 0 && c < 0x20) || c == 0x7F; };
  if (std::ranges::any_of(text, is_control)) {
    return invalid(std::string(field), fmt::format("{} must not contain control characters", field));
  }
  return {};
}

}  // namespace parlance::core
