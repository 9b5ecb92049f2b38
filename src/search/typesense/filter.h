#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string_view>

#include "base/result.h"
#include "search/thread_query.h"

namespace parlance::search::typesense {

/// Bounds of a filter; what lies past them is refused.
inline constexpr std::size_t kMaxFilterBytes = std::size_t{16} << 10;
inline constexpr std::size_t kMaxFilterValues = 500;
inline constexpr std::size_t kMaxFilterDepth = 20;

/// Reads `filter_by`:
///
///     any        = all { "||" all }
///     all        = one { "&&" one }
///     one        = "(" any ")" | field ":" [comparator] (value | "[" item { "," item } "]")
///     comparator = "=" | "!=" | "!" | ">" | ">=" | "<" | "<="
///     item       = value | number ".." number
///
/// Spaces may stand between any of these. Without a comparator text is searched for words, and everything else must
/// be equal. A value goes on to the next && || ) and, within brackets, to the next , or ]; one in `backticks` may hold
/// any of these and spaces at its ends. Values of ids stay text. Nothing lets every thread through.
/// invalid_argument on "filter_by" names what was expected and where: in characters, from 1.
Result<Filter> parse_filter(std::string_view text);

/// Makes the ids in a filter what `read` makes of them.
void read_ids(Filter& filter, std::function<std::int64_t(Column, std::string_view)> const& read);

}  // namespace parlance::search::typesense
