#include "core/free_text.h"

#include <cstdint>

namespace parlance::core {

namespace {

/// The code point of a sequence of two bytes: all letters that fold_case knows beyond ASCII have two.
std::uint32_t decode_two(char first, char second) {
  return ((static_cast<unsigned char>(first) & 0x1FU) << 6U) | (static_cast<unsigned char>(second) & 0x3FU);
}

bool is_between(std::uint32_t c, std::uint32_t low, std::uint32_t high) { return c >= low && c <= high; }

/// Capitals that stand right before their small letters.
bool is_capital_of_pair(std::uint32_t c) {
  bool const even_pairs = is_between(c, 0x100, 0x137) || is_between(c, 0x14A, 0x177) || is_between(c, 0x460, 0x481) ||
                          is_between(c, 0x48A, 0x4BF) || is_between(c, 0x4D0, 0x52F);
  bool const odd_pairs = is_between(c, 0x139, 0x148) || is_between(c, 0x179, 0x17E);
  return (even_pairs && c % 2 == 0) || (odd_pairs && c % 2 == 1);
}

std::uint32_t to_small(std::uint32_t c) {
  // These two have a small letter of one byte and of another block.
  if (c == 0x130 || c == 0x178) return c == 0x178 ? 0xFF : c;
  if (is_between(c, 0xC0, 0xDE) && c != 0xD7) return c + 0x20;
  if (is_between(c, 0x391, 0x3AB) && c != 0x3A2) return c + 0x20;
  if (is_between(c, 0x410, 0x42F)) return c + 0x20;
  if (is_between(c, 0x400, 0x40F)) return c + 0x50;
  return is_capital_of_pair(c) ? c + 1 : c;
}

bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; }

}  // namespace

std::string fold_case(std::string_view text) {
  std::string folded;
  folded.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    auto const c = text[i];
    bool const is_two = (static_cast<unsigned char>(c) & 0xE0U) == 0xC0U && i + 1 < text.size();
    if (is_two) {
      auto const small = to_small(decode_two(c, text[++i]));
      folded += static_cast<char>(0xC0U | (small >> 6U));
      folded += static_cast<char>(0x80U | (small & 0x3FU));
    } else {
      folded += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    }
  }
  return folded;
}

FreeText::FreeText(std::string_view wanted) : folded_(fold_case(wanted)) {
  for (char const c : folded_) {
    if (is_continuation(c)) continue;
    if (static_cast<unsigned char>(c) >= 0x80) {
      pattern_ += '_';
      is_exact_ = false;
      continue;
    }
    if (c == '%' || c == '_' || c == '!') pattern_ += '!';
    pattern_ += c;
  }
  pattern_ += '%';
}

bool FreeText::matches(std::string_view text) const { return fold_case(text).contains(folded_); }

}  // namespace parlance::core
