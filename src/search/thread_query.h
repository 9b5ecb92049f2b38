#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "base/ids.h"
#include "model/thread_scope.h"
#include "search/query.h"

/// What is asked of the index of threads: a document is a thread with its subject, its summary, its tags and all of its
/// chats. No text of a client's gets into a statement: names are enums here, values are parameters.
namespace parlance::search {

/// What words are looked for in.
enum class TextField { subject, summary, chats, tags };

/// Whether a word is also looked for within others.
enum class Infix {
  off,
  fallback,  ///< where nothing holds it as a word, as the beginning of one, or misspelt
  always,
};

struct QueryField {
  TextField field = TextField::chats;
  int weight = 1;  ///< 1..127; a match in a field of a greater weight scores more
  bool is_prefix = true;
  int typos = 2;  ///< 0..2 letters that a word of the query may be off
  Infix infix = Infix::off;
};

/// What filters, orders, facets and groups go by.
enum class Column {
  id,
  org_id,
  author_id,
  xsr_ids,   ///< channels that it lies in
  user_ids,  ///< who takes part
  tags,
  created_at,  ///< unix seconds
  updated_at,  ///< the same
  num_chats,
  resolved,  ///< 0 or 1
  subject,   ///< in filters only
  summary,   ///< the same
  chats,     ///< the same
};

enum class Comparator { contains, equal, not_equal, less, less_equal, greater, greater_equal, between };

using FilterValue = std::variant<std::int64_t, std::string>;

/// A tree of conditions. A comparison with several values holds where it holds for one of them, and a column with
/// several values matches where one of them does; not_equal is the opposite of equal.
struct Filter {
  enum class Kind { all_of, any_of, comparison };
  Kind kind = Kind::all_of;  ///< an empty all_of lets everything through
  std::vector<Filter> children;

  Column column = Column::id;
  Comparator comparator = Comparator::equal;
  std::vector<FilterValue> values;  ///< of `between`: two, both included
};

struct SortKey {
  enum class By { text_match, column };
  By by = By::text_match;
  Column column = Column::id;  ///< one with a number
  bool is_descending = true;
};

using ThreadScope = model::ThreadScope;

struct ThreadQuery {
  TenantId tenant;
  ThreadScope scope;

  bool matches_all = false;  ///< `*`: every thread, less those that `terms` excludes
  Terms terms;
  std::vector<QueryField> fields;
  Filter filter;
  std::vector<SortKey> sort;  ///< at most three; then newest first

  std::size_t offset = 0;
  std::size_t limit = 10;
  std::vector<Column> facets;
  std::size_t max_facet_values = 10;
  std::vector<Column> group_by;  ///< hits are groups then, and offset and limit count them
  std::size_t group_limit = 3;
};

struct ThreadHit {
  ConversationId thread;
  std::int64_t text_match = 0;     ///< comparable within one query; 0 for `*`
  std::vector<std::string> group;  ///< the values it is grouped by: one text a column, of several with commas between
  std::int64_t group_found = 0;    ///< of a grouped query: threads of its group that match
};

struct FacetCount {
  std::string value;
  std::int64_t count = 0;
};

struct Facet {
  Column column = Column::tags;
  std::vector<FacetCount> counts;   ///< the most frequent first
  std::int64_t distinct_count = 0;  ///< different values in all
};

struct ThreadHits {
  std::int64_t found = 0;       ///< threads that match; of a grouped query, groups
  std::int64_t out_of = 0;      ///< threads that the caller may read
  std::vector<ThreadHit> hits;  ///< of a grouped query: the groups' hits one group after the other

  /// What the query's terms were taken for: each the tokens that the texts hold, for highlights.
  std::vector<Term> resolved;
  std::vector<Facet> facets;
};

}  // namespace parlance::search
