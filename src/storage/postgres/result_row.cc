#include "storage/postgres/result_row.h"

#include <charconv>

namespace parlance::storage::postgres {
namespace {

constexpr Oid kBool = 16;
constexpr Oid kBytea = 17;

int nibble(char digit) { return digit <= '9' ? digit - '0' : digit - 'a' + 10; }

/// "\x0aff" as the two octets; the server's own output, so known to be well-formed.
void decode_hex(std::string_view hex, std::string& octets) {
  hex.remove_prefix(2);
  octets.resize(hex.size() / 2);
  for (std::size_t index = 0; index < octets.size(); ++index)
    octets[index] = static_cast<char>(nibble(hex[2 * index]) << 4 | nibble(hex[2 * index + 1]));
}

template <typename Number>
Number parse(std::string_view text) {
  Number number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

}  // namespace

std::int64_t ResultRow::integer(int column) const {
  if (PQftype(result_, column) == kBool) return text(column) == "t";
  return parse<std::int64_t>(text(column));
}

double ResultRow::real(int column) const { return parse<double>(text(column)); }

std::string_view ResultRow::text(int column) const {
  return {PQgetvalue(result_, row_, column), static_cast<std::size_t>(PQgetlength(result_, row_, column))};
}

std::string_view ResultRow::bytes(int column) const {
  if (PQftype(result_, column) != kBytea || is_null(column)) return text(column);
  if (decoded_.empty()) decoded_.resize(static_cast<std::size_t>(PQnfields(result_)));
  auto& octets = decoded_[static_cast<std::size_t>(column)];
  decode_hex(text(column), octets);
  return octets;
}

}  // namespace parlance::storage::postgres
