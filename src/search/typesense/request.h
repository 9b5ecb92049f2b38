#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "search/thread_query.h"
#include "search/typesense/snippet.h"

namespace parlance::search::typesense {

/// Parameters by their names, as they were written.
using Parameters = std::map<std::string, std::string, std::less<>>;

/// Those that read_request() knows; it ignores any other, as Typesense does.
std::span<std::string_view const> parameter_names();

inline constexpr std::int64_t kMaxPerPage = 250;
inline constexpr std::int64_t kMaxFacetValues = 1000;
inline constexpr std::int64_t kMaxGroupLimit = 99;
inline constexpr std::size_t kMaxGroupFields = 3;

/// Of each parameter but the filter, which has a bound of its own.
inline constexpr std::size_t kMaxParameterBytes = std::size_t{8} << 10;

/// What is asked for: the query, and how its answer is to look.
struct SearchRequest {
  ThreadQuery query;  ///< ids in its filter are still text; without tenant and scope
  std::string q;      ///< as it was written
  std::int64_t page = 1;
  std::int64_t per_page = 10;

  SnippetOptions snippets;
  std::vector<TextField> highlight_fields;
  std::vector<TextField> full_fields;  ///< whose highlights are wanted whole as well

  std::vector<std::string> include_fields;  ///< empty: all
  std::vector<std::string> exclude_fields;
};

/// Reads a search. invalid_argument on the parameter that is wrong. Any thread.
Result<SearchRequest> read_request(Parameters const& parameters);

}  // namespace parlance::search::typesense
