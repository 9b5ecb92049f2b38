#pragma once

#include <string_view>
#include <vector>

#include "base/result.h"
#include "search/thread_query.h"

namespace parlance::search::typesense {

/// Five parameters that speak of the same fields.
struct QueryFieldTexts {
  std::string_view query_by;          ///< empty: subject, summary, chats
  std::string_view query_by_weights;  ///< 0 to 127 for each field; empty: falling with their order
  std::string_view prefix;            ///< true or false, for all fields or for each; empty: true
  std::string_view num_typos;         ///< 0 to 2, for all fields or for each; empty: 2
  std::string_view infix;             ///< off, fallback or always, for all fields or for each; empty: off
};

/// What words are looked for in, and how. invalid_argument on the parameter that is wrong; unknown fields are named.
Result<std::vector<QueryField>> parse_query_fields(QueryFieldTexts const& texts);

}  // namespace parlance::search::typesense
