#include "search/thread_ranking.h"

#include <algorithm>
#include <map>
#include <string>
#include <unordered_map>
#include <utility>

namespace parlance::search {

namespace {

constexpr std::int64_t kMaxOccurrences = 63;

constexpr std::int64_t worth_of(Grade grade) {
  switch (grade) {
    case Grade::none: return 0;
    case Grade::two_typos: return 5;
    case Grade::one_typo: return 8;
    case Grade::prefix: return 12;
    case Grade::whole: return 16;
  }
  return 0;
}

bool is_earlier(Ranked const& left, Ranked const& right) { return left.is_before(right); }

/// Elements [offset, offset + limit) in order; fewer where there are not so many.
template <typename Element, typename Earlier>
std::vector<Element> cut_page(std::vector<Element> all, std::size_t offset, std::size_t limit, Earlier earlier) {
  if (offset >= all.size()) return {};
  auto const from = all.begin() + static_cast<std::ptrdiff_t>(offset);
  auto const to = from + static_cast<std::ptrdiff_t>(std::min(limit, all.size() - offset));
  std::ranges::nth_element(all, from, earlier);
  std::ranges::partial_sort(from, to, all.end(), earlier);
  return {from, to};
}

/// A value and how often it occurs.
using Count = std::pair<std::int64_t, std::int64_t>;

struct Group {
  std::vector<std::int64_t> const* key = nullptr;
  std::int64_t found = 0;
  std::vector<Ranked> best;  ///< in order, at most group_limit, at least one
};

void put(Ranked const& thread, std::size_t limit, Group& group) {
  ++group.found;
  auto& best = group.best;
  if (best.size() >= limit && !thread.is_before(best.back())) return;
  best.insert(std::ranges::upper_bound(best, thread, is_earlier), thread);
  if (best.size() > limit) best.pop_back();
}

/// The values by column, each column's behind their number.
void make_key(std::uint32_t slot, std::vector<Column> const& columns, ThreadColumns& values,
              std::vector<std::int64_t>& key) {
  key.clear();
  for (auto const column : columns) {
    auto const start = key.size();
    key.push_back(0);
    values.each(column, slot, [&](std::int64_t value) { key.push_back(value); });
    key[start] = static_cast<std::int64_t>(key.size() - start - 1);
    std::ranges::sort(key.begin() + static_cast<std::ptrdiff_t>(start) + 1, key.end());
  }
}

/// One text a column; of several values all, with commas between.
std::vector<std::string> spell_key(std::vector<std::int64_t> const& key, std::vector<Column> const& columns,
                                   ThreadColumns const& values) {
  std::vector<std::string> texts;
  std::size_t at = 0;
  for (auto const column : columns) {
    auto& text = texts.emplace_back();
    auto const end = at + 1 + static_cast<std::size_t>(key[at]);
    for (++at; at < end; ++at) text += (text.empty() ? "" : ",") + values.spell(column, key[at]);
  }
  return texts;
}

}  // namespace

std::int64_t score_of(TermMatch const& match, std::vector<QueryField> const& fields) {
  std::int64_t score = 0;
  for (auto const& field : fields) {
    auto const grade = match.in(field.field);
    if (grade == Grade::none) continue;
    auto const occurrences =
        field.field == TextField::chats ? std::min<std::int64_t>(match.chats, kMaxOccurrences) : std::int64_t{1};
    score += field.weight * (worth_of(grade) * (kMaxOccurrences + 1) + occurrences);
  }
  return score;
}

Result<std::vector<Ranked>> rank(std::vector<std::uint32_t> const& slots, std::vector<std::int64_t> const& scores,
                                 ThreadTable const& table, ThreadColumns& columns, std::vector<SortKey> const& sort) {
  if (sort.size() > kMaxSortKeys) return invalid("sort_by", "at most three fields");
  for (auto const& key : sort)
    if (key.by == SortKey::By::column && !is_single_number(key.column))
      return invalid("sort_by", "threads are ordered by numbers only");
  std::vector<Ranked> ranked;
  ranked.reserve(slots.size());
  for (auto const slot : slots) {
    auto const& row = table.rows()[slot];
    Ranked thread{{}, -row.active_at, scores.empty() ? 0 : scores[slot], slot, row.conversation};
    for (std::size_t i = 0; i < sort.size(); ++i) {
      auto value = thread.text_match;
      if (sort[i].by == SortKey::By::column)
        columns.each(sort[i].column, slot, [&](std::int64_t number) { value = number; });
      thread.keys[i] = sort[i].is_descending ? -value : value;
    }
    ranked.push_back(thread);
  }
  return ranked;
}

std::vector<ThreadHit> page_of(std::vector<Ranked> ranked, ThreadQuery const& query) {
  std::vector<ThreadHit> hits;
  for (auto const& thread : cut_page(std::move(ranked), query.offset, query.limit, is_earlier))
    hits.push_back({thread.thread, thread.text_match, {}});
  return hits;
}

GroupedHits grouped_page_of(std::vector<Ranked> const& ranked, ThreadQuery const& query, ThreadColumns& columns) {
  auto const limit = std::max<std::size_t>(query.group_limit, 1);
  std::map<std::vector<std::int64_t>, Group> by_key;
  std::vector<std::int64_t> wanted;
  for (auto const& thread : ranked) {
    make_key(thread.slot, query.group_by, columns, wanted);
    put(thread, limit, by_key[wanted]);
  }
  std::vector<Group> groups;
  for (auto& [key, group] : by_key) groups.push_back({&key, group.found, std::move(group.best)});
  GroupedHits result{std::ssize(groups), {}};
  auto const earlier = [](Group const& left, Group const& right) {
    return left.best.front().is_before(right.best.front());
  };
  for (auto const& group : cut_page(std::move(groups), query.offset, query.limit, earlier))
    for (auto const& thread : group.best)
      result.hits.push_back(
          {thread.thread, thread.text_match, spell_key(*group.key, query.group_by, columns), group.found});
  return result;
}

Facet count_values(Column column, std::vector<std::uint32_t> const& slots, ThreadColumns& columns, std::size_t most) {
  std::unordered_map<std::int64_t, std::int64_t> counts;
  for (auto const slot : slots) columns.each(column, slot, [&](std::int64_t value) { ++counts[value]; });
  auto const earlier = [](Count const& left, Count const& right) {
    return std::pair(-left.second, left.first) < std::pair(-right.second, right.first);
  };
  Facet facet{column, {}, std::ssize(counts)};
  for (auto const& [value, count] : cut_page(std::vector<Count>(counts.begin(), counts.end()), 0, most, earlier))
    facet.counts.push_back({columns.spell(column, value), count});
  return facet;
}

}  // namespace parlance::search
