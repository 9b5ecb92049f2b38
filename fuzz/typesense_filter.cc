#include <algorithm>

#include "search/typesense/filter.h"
#include "search/typesense/filter_text.h"
#include "slices.h"

namespace {

using parlance::fuzz::require;
namespace search = parlance::search;

/// How many values the tree has; it is a finding where it is not what the index is promised.
std::size_t check(search::Filter const& filter, std::size_t depth) {
  // A list with ranges makes up to three levels of what was written on one.
  require(depth <= 2 * search::typesense::kMaxFilterDepth + 4);
  std::size_t count = filter.values.size();
  if (filter.kind == search::Filter::Kind::comparison) {
    require(filter.children.empty() && !filter.values.empty());
    if (filter.comparator == search::Comparator::between) require(filter.values.size() == 2);
    return count;
  }
  require(filter.values.empty() && (depth == 0 || filter.children.size() > 1));
  for (auto const& child : filter.children) count += check(child, depth + 1);
  return count;
}

/// How many parentheses within each other its text has at most.
std::size_t depth_of(search::Filter const& filter) {
  if (filter.kind == search::Filter::Kind::comparison) return 0;
  std::size_t deepest = 0;
  for (auto const& child : filter.children) deepest = std::max(deepest, depth_of(child));
  return deepest + 1;
}

}  // namespace

// A filter is a bounded tree of sound comparisons or an error that says where. What it says as text is read again as
// the same filter.
extern "C" int LLVMFuzzerTestOneInput(unsigned char const* data, std::size_t size) {
  std::string_view const text(reinterpret_cast<char const*>(data), size);
  auto const filter = search::typesense::parse_filter(text);
  if (!filter) {
    require(filter.error().code == parlance::Errc::invalid_argument && filter.error().field == "filter_by");
    return 0;
  }
  auto const count = check(*filter, 0);
  require(count <= 2 * search::typesense::kMaxFilterValues);
  auto const written = search::typesense::text_of(*filter);
  bool const is_readable = written.size() <= search::typesense::kMaxFilterBytes &&
                           count <= search::typesense::kMaxFilterValues &&
                           depth_of(*filter) <= search::typesense::kMaxFilterDepth;
  if (!is_readable) return 0;
  auto const again = search::typesense::parse_filter(written);
  require(again && search::typesense::text_of(*again) == written);
  return 0;
}
