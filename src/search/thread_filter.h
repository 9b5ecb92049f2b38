#pragma once

#include <cstdint>
#include <unordered_set>
#include <vector>

#include "base/result.h"
#include "search/thread_columns.h"
#include "search/thread_matches.h"
#include "search/thread_query.h"

namespace parlance::search {

/// A filter, ready to be asked of many threads: words have been looked up, values sorted out.
///
/// Texts: `contains` holds where the field has all words of the value, `equal` where it has these words in this order
/// and no others; of chats, where one of them has. Tags likewise, each for itself. The other comparators of texts, and
/// texts for numbers, make no sense.
class ThreadFilter {
 public:
  /// invalid_argument names the column's value that makes no sense.
  static Result<ThreadFilter> prepare(Filter const& filter, ThreadTable const& table, TermFinder& finder);

  bool lets_through(std::uint32_t slot, ThreadColumns& columns) const;

 private:
  Result<void> prepare_comparison(Filter const& filter, ThreadTable const& table, TermFinder& finder);
  Result<void> prepare_text(Filter const& filter, ThreadTable const& table, TermFinder& finder);
  Result<void> prepare_tags(Filter const& filter, ThreadTable const& table);
  Result<void> prepare_numbers(Filter const& filter);
  bool holds_for(std::int64_t value) const;

  Filter::Kind kind_ = Filter::Kind::all_of;
  std::vector<ThreadFilter> children_;
  Column column_ = Column::id;
  Comparator comparator_ = Comparator::equal;
  std::unordered_set<std::int64_t> values_;  // of tags their numbers
  std::int64_t least_ = 0;                   // of an order
  std::int64_t most_ = 0;
  SlotSet slots_;  // of a text
};

}  // namespace parlance::search
