#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "search/thread_query.h"

namespace parlance::search::typesense {

inline constexpr std::size_t kMaxSortKeys = 3;

/// Reads `sort_by`: up to three of "<field>:asc" and "<field>:desc", `_text_match` being a field too. None where there
/// is nothing but spaces. invalid_argument on "sort_by" names the field or the position.
Result<std::vector<SortKey>> parse_sort(std::string_view text);

/// Reads `facet_by` or `group_by`, whichever `parameter` is: fields that can be counted, each once.
Result<std::vector<Column>> parse_countable(std::string_view parameter, std::string_view text);

}  // namespace parlance::search::typesense
