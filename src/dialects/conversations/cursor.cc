#include "dialects/conversations/cursor.h"

#include <fmt/format.h>

#include "base/crypto.h"
#include "base/text.h"

namespace parlance::conversations {

std::string encode_cursor(Cursor const& cursor) {
  char const walk = cursor.walk == core::Walk::forward ? 'f' : 'b';
  return to_base64url(fmt::format("{}{}{}:{}", cursor.list, walk, cursor.first, cursor.second));
}

Result<Cursor> decode_cursor(std::string_view text, char list) {
  auto const wrong = [] { return invalid("cursor", "cursor is not one that this list has given"); };
  auto const plain = parse_base64url(text);
  if (!plain || plain->size() < 5 || (*plain)[0] != list) return wrong();
  char const walk = (*plain)[1];
  if (walk != 'f' && walk != 'b') return wrong();
  auto const numbers = std::string_view(*plain).substr(2);
  auto const colon = numbers.find(':');
  if (colon == std::string_view::npos) return wrong();
  auto const first = parse_integer(numbers.substr(0, colon));
  auto const second = parse_integer(numbers.substr(colon + 1));
  if (!first || !second || *first < 0 || *second < 0) return wrong();
  return Cursor{list, walk == 'f' ? core::Walk::forward : core::Walk::back, *first, *second};
}

}  // namespace parlance::conversations
