#include "search/thread_index.h"

#include <algorithm>
#include <utility>

#include "search/dictionary.h"
#include "search/indexer.h"
#include "search/store.h"
#include "search/thread_columns.h"
#include "search/thread_filter.h"
#include "search/thread_holders.h"
#include "search/thread_matches.h"
#include "search/thread_ranking.h"
#include "storage/verb.h"

namespace parlance::search {

namespace {

/// The threads that hold the query's words, with their scores by slot.
struct Found {
  SlotSet slots;
  std::vector<std::int64_t> scores;  ///< empty where no words were asked for
};

Result<Found> find_words(ThreadQuery const& query, SlotSet const& visible, TermFinder& finder,
                         std::vector<Term>& resolved) {
  auto const count = visible.size();
  if (!query.matches_all && query.terms.empty()) return Found{SlotSet(count), {}};
  Found found{visible, {}};
  if (!query.matches_all) found.scores.assign(count, 0);
  for (auto const& term : query.terms.required) {
    if (query.matches_all) break;
    auto const matches = TRY(finder.find(term, resolved));
    for (std::size_t slot = 0; slot < count; ++slot) {
      found.slots[slot] &= matches[slot].any() ? 1 : 0;
      if (found.slots[slot]) found.scores[slot] += score_of(matches[slot], query.fields);
    }
  }
  for (auto const& term : query.terms.excluded) {
    auto const matches = TRY(finder.find_exactly(term, query.fields));
    for (std::size_t slot = 0; slot < count; ++slot) found.slots[slot] &= matches[slot].any() ? 0 : 1;
  }
  return found;
}

Result<std::vector<std::uint32_t>> filter_slots(SlotSet const& found, ThreadQuery const& query,
                                                ThreadTable const& table, TermFinder& finder, ThreadColumns& columns) {
  auto const filter = TRY(ThreadFilter::prepare(query.filter, table, finder));
  std::vector<std::uint32_t> slots;
  for (std::uint32_t slot = 0; slot < found.size(); ++slot)
    if (found[slot] && filter.lets_through(slot, columns)) slots.push_back(slot);
  return slots;
}

Result<ThreadHits> answer(storage::Transaction& index, storage::Transaction& log, ThreadTable const& table,
                          ThreadQuery const& query) {
  ThreadHits hits;
  auto const visible = visible_slots(table, query.scope);
  hits.out_of = std::ranges::count(visible, 1);
  TermFinder finder(index, log, table, query, visible);
  ThreadColumns columns(table, query.scope, query.tenant);
  auto const found = TRY(find_words(query, visible, finder, hits.resolved));
  auto const slots = TRY(filter_slots(found.slots, query, table, finder, columns));
  for (auto const column : query.facets)
    hits.facets.push_back(count_values(column, slots, columns, query.max_facet_values));
  auto ranked = TRY(rank(slots, found.scores, table, columns, query.sort));
  if (query.group_by.empty()) {
    hits.found = std::ssize(slots);
    hits.hits = page_of(std::move(ranked), query);
  } else {
    auto grouped = grouped_page_of(ranked, query, columns);
    hits.found = grouped.groups;
    hits.hits = std::move(grouped.hits);
  }
  return hits;
}

}  // namespace

Result<void> ThreadIndex::be_current(storage::Transaction& log) {
  if (TRY(store_.is_current(log))) return {};
  if (store_.is_building()) return storage::busy("the search index is being built");
  return indexer_.wait_for_pass(patience_);
}

Result<ThreadHits> ThreadIndex::search(storage::Transaction& log, ThreadQuery const& query) {
  TRY(be_current(log));
  ThreadHits hits;
  TRY(store_.read([&](storage::Transaction& index) {
    return tables_.read(index, query.tenant, [&](ThreadTable const& table) -> Result<void> {
      hits = TRY(answer(index, log, table, query));
      return {};
    });
  }));
  return hits;
}

Result<std::vector<DictionaryTerm>> ThreadIndex::resolve(storage::Transaction& log, TenantId tenant,
                                                         TermPattern const& pattern) {
  TRY(be_current(log));
  std::vector<DictionaryTerm> terms;
  TRY(store_.read([&](storage::Transaction& index) -> Result<void> {
    terms = TRY(find_terms(index, tenant, pattern));
    return {};
  }));
  return terms;
}

Result<std::optional<std::vector<ConversationId>>> ThreadIndex::holding(storage::Transaction& log, TenantId tenant,
                                                                        std::string_view text) {
  TRY(be_current(log));
  std::optional<std::vector<ConversationId>> holders;
  TRY(store_.read([&](storage::Transaction& index) {
    return tables_.read(index, tenant, [&](ThreadTable const& table) -> Result<void> {
      holders = TRY(find_holders(index, table, tenant, text));
      return {};
    });
  }));
  return holders;
}

}  // namespace parlance::search
