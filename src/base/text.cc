#include "base/text.h"

#include <charconv>

namespace parlance {

namespace {

/// Length of the well-formed sequence at the front of `text`, 0 where there is none (Unicode 15, table 3-7).
std::size_t sequence_length(std::string_view text) {
  auto const byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  auto const tail = [&](std::size_t i) { return (byte(i) & 0xC0U) == 0x80U; };
  unsigned char const lead = byte(0);
  if (lead < 0x80) return 1;
  if (lead < 0xC2 || lead > 0xF4) return 0;
  if (lead < 0xE0) return text.size() >= 2 && tail(1) ? 2 : 0;
  if (lead < 0xF0) {
    if (text.size() < 3 || !tail(1) || !tail(2)) return 0;
    if (lead == 0xE0 && byte(1) < 0xA0) return 0;
    if (lead == 0xED && byte(1) > 0x9F) return 0;
    return 3;
  }
  if (text.size() < 4 || !tail(1) || !tail(2) || !tail(3)) return 0;
  if (lead == 0xF0 && byte(1) < 0x90) return 0;
  if (lead == 0xF4 && byte(1) > 0x8F) return 0;
  return 4;
}

constexpr bool is_tail(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; }

constexpr bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

constexpr char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

}  // namespace

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    std::size_t const length = sequence_length(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

std::size_t utf16_length(std::string_view text) {
  std::size_t units = 0;
  for (char const c : text) {
    if (is_tail(c)) continue;
    units += static_cast<unsigned char>(c) >= 0xF0 ? 2 : 1;
  }
  return units;
}

std::optional<std::size_t> utf16_to_byte_offset(std::string_view text, std::size_t units) {
  std::size_t at = 0;
  while (units > 0) {
    if (at >= text.size()) return std::nullopt;
    std::size_t const length = sequence_length(text.substr(at));
    std::size_t const width = length == 4 ? 2 : 1;
    if (length == 0 || width > units) return std::nullopt;
    units -= width;
    at += length;
  }
  return at;
}

std::size_t code_point_count(std::string_view text) {
  std::size_t count = 0;
  for (char const c : text) count += is_tail(c) ? 0 : 1;
  return count;
}

std::string_view truncate_utf8(std::string_view text, std::size_t bytes) {
  if (text.size() <= bytes) return text;
  while (bytes > 0 && is_tail(text[bytes])) --bytes;
  return text.substr(0, bytes);
}

std::string_view trim(std::string_view text) {
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

std::string to_lower_ascii(std::string_view text) {
  std::string result(text);
  for (char& c : result) c = lower(c);
  return result;
}

bool equals_ignoring_case(std::string_view left, std::string_view right) {
  if (left.size() != right.size()) return false;
  for (std::size_t i = 0; i < left.size(); ++i) {
    if (lower(left[i]) != lower(right[i])) return false;
  }
  return true;
}

std::optional<std::int64_t> parse_integer(std::string_view text) {
  std::int64_t value = 0;
  auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::string to_base36(std::int64_t value) {
  char digits[16];
  auto const [end, error] = std::to_chars(digits, digits + sizeof digits, value, 36);
  return error == std::errc{} ? std::string(digits, end) : std::string{};
}

std::optional<std::int64_t> parse_base36(std::string_view text) {
  std::int64_t value = 0;
  auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, 36);
  if (error != std::errc{} || end != text.data() + text.size() || to_base36(value) != text) return std::nullopt;
  return value;
}

}  // namespace parlance
