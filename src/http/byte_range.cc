#include "http/byte_range.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <optional>

#include "base/text.h"

namespace parlance::http {
namespace {

constexpr std::size_t kMaxFilenameBytes = 255;

// Digits only; a number past 64 bits reads as the largest, which is beyond every file all the same.
std::optional<std::uint64_t> parse_position(std::string_view text) {
  if (text.empty()) return std::nullopt;
  constexpr auto kMax = std::numeric_limits<std::uint64_t>::max();
  std::uint64_t value = 0;
  for (char const c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    auto const digit = static_cast<std::uint64_t>(c - '0');
    value = value > (kMax - digit) / 10 ? kMax : value * 10 + digit;
  }
  return value;
}

bool is_alphanumeric(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }

std::string without_controls_and_separators(std::string_view filename) {
  std::string out;
  for (char const c : filename) {
    auto const byte = static_cast<unsigned char>(c);
    out.push_back(byte < 0x20 || byte == 0x7f || c == '/' || c == '\\' ? '_' : c);
  }
  return out;
}

std::string ascii_fallback(std::string_view name) {
  std::string out;
  for (char const c : name) {
    if ((static_cast<unsigned char>(c) & 0xc0) == 0x80) continue;  // one "_" per character, not per byte
    out.push_back(is_alphanumeric(c) || std::string_view(" ._-+()[]{}@#$!&,=~^").contains(c) ? c : '_');
  }
  return out;
}

std::string percent_encoded(std::string_view name) {
  std::string out;
  for (char const c : name) {
    if (is_alphanumeric(c) || std::string_view("._-~").contains(c)) {
      out.push_back(c);
    } else {
      out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return out;
}

}  // namespace

RangeAnswer resolve_range(std::string_view range_header, std::uint64_t size) {
  RangeAnswer const whole{RangeAnswer::Kind::whole, 0, size};
  RangeAnswer const unsatisfiable{RangeAnswer::Kind::unsatisfiable, 0, 0};
  auto const equals = range_header.find('=');
  if (equals == std::string_view::npos || !equals_ignoring_case(range_header.substr(0, equals), "bytes")) return whole;
  auto const spec = trim(range_header.substr(equals + 1));
  auto const dash = spec.find('-');
  if (dash == std::string_view::npos) return whole;
  auto const last = parse_position(spec.substr(dash + 1));
  if (dash == 0) {
    if (!last) return whole;
    if (*last == 0) return unsatisfiable;
    if (size == 0) return whole;
    auto const length = std::min(*last, size);
    return {RangeAnswer::Kind::part, size - length, length};
  }
  auto const first = parse_position(spec.substr(0, dash));
  if (!first || (!last && dash + 1 != spec.size()) || (last && *last < *first)) return whole;
  if (*first >= size) return unsatisfiable;
  auto const end = last ? std::min(*last, size - 1) : size - 1;
  return {RangeAnswer::Kind::part, *first, end - *first + 1};
}

std::string content_range(RangeAnswer answer, std::uint64_t size) {
  if (answer.kind == RangeAnswer::Kind::unsatisfiable) return fmt::format("bytes */{}", size);
  return fmt::format("bytes {}-{}/{}", answer.first, answer.first + answer.length - 1, size);
}

bool if_range_holds(std::string_view if_range_header, std::string_view etag, std::string_view last_modified) {
  auto const wanted = trim(if_range_header);
  if (wanted.empty()) return true;
  if (wanted.starts_with('"')) return wanted == etag;
  return !last_modified.empty() && wanted == last_modified;
}

std::string content_disposition(Disposition disposition, std::string_view filename) {
  std::string out = disposition == Disposition::in_line ? "inline" : "attachment";
  if (filename.empty()) return out;
  auto const is_text = is_utf8(filename);
  auto const cut = is_text ? truncate_utf8(filename, kMaxFilenameBytes) : filename.substr(0, kMaxFilenameBytes);
  auto const name = without_controls_and_separators(cut);
  auto const fallback = ascii_fallback(name);
  out += fmt::format("; filename=\"{}\"", fallback);
  if (is_text && fallback != name) out += fmt::format("; filename*=UTF-8''{}", percent_encoded(name));
  return out;
}

}  // namespace parlance::http
