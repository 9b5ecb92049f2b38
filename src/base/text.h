#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace parlance {

/// True where `text` is well-formed UTF-8: no overlong forms, no surrogates, nothing past U+10FFFF.
bool is_utf8(std::string_view text);

/// How many UTF-16 code units well-formed UTF-8 `text` would take. The unit of mark offsets and highlight ranges.
std::size_t utf16_length(std::string_view text);

/// The byte position of UTF-16 offset `units` in well-formed `text`; empty where that offset lies past the end or
/// inside a surrogate pair.
std::optional<std::size_t> utf16_to_byte_offset(std::string_view text, std::size_t units);

/// How many code points well-formed `text` holds.
std::size_t code_point_count(std::string_view text);

/// The longest prefix of well-formed `text` with at most `bytes` bytes that does not cut a code point.
std::string_view truncate_utf8(std::string_view text, std::size_t bytes);

/// Without ASCII white space at both ends.
std::string_view trim(std::string_view text);

/// ASCII letters only; other bytes stay.
std::string to_lower_ascii(std::string_view text);
bool equals_ignoring_case(std::string_view left, std::string_view right);

/// A decimal int64 that fills the whole text (an optional minus, no plus, no spaces); empty where it does not.
std::optional<std::int64_t> parse_integer(std::string_view text);

/// Non-negative integers in base 36 with digits 0-9a-z, no leading zeros. parse is exact: upper case, signs, leading
/// zeros and overflow are refused, so every id has one spelling.
std::string to_base36(std::int64_t value);
std::optional<std::int64_t> parse_base36(std::string_view text);

}  // namespace parlance
