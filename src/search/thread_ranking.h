#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/result.h"
#include "search/thread_columns.h"
#include "search/thread_matches.h"
#include "search/thread_query.h"

namespace parlance::search {

inline constexpr std::size_t kMaxSortKeys = 3;

/// A thread that was found, with what it is ordered by: the smaller the earlier.
struct Ranked {
  std::array<std::int64_t, kMaxSortKeys> keys{};
  std::int64_t newness = 0;  ///< the moment of its last activity, negated
  std::int64_t text_match = 0;
  std::uint32_t slot = 0;
  ConversationId thread;

  bool is_before(Ranked const& other) const {
    if (keys != other.keys) return keys < other.keys;
    if (newness != other.newness) return newness < other.newness;
    return thread > other.thread;
  }
};

/// What a match of a term adds to a thread's text_match: for each field its weight, times the grade of the match and
/// then the number of occurrences.
std::int64_t score_of(TermMatch const& match, std::vector<QueryField> const& fields);

/// The threads with their keys. invalid_argument where a key is no single number.
Result<std::vector<Ranked>> rank(std::vector<std::uint32_t> const& slots, std::vector<std::int64_t> const& scores,
                                 ThreadTable const& table, ThreadColumns& columns, std::vector<SortKey> const& sort);

/// The hits of the page that the query asks for. `ranked` may be put in any order.
std::vector<ThreadHit> page_of(std::vector<Ranked> ranked, ThreadQuery const& query);

/// How many groups there are, and those of the page one after the other. A group is what threads have in common in the
/// columns of group_by; of several values in one column, all of them together. Groups come in the order of their first
/// threads.
struct GroupedHits {
  std::int64_t groups = 0;
  std::vector<ThreadHit> hits;
};
GroupedHits grouped_page_of(std::vector<Ranked> const& ranked, ThreadQuery const& query, ThreadColumns& columns);

/// How often each value of the column occurs among the threads, the most frequent first, then by value.
Facet count_values(Column column, std::vector<std::uint32_t> const& slots, ThreadColumns& columns, std::size_t most);

}  // namespace parlance::search
