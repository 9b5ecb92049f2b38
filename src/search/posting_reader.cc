#include "search/posting_reader.h"

#include <fmt/format.h>

#include <numeric>

#include "search/arrays.h"
#include "search/dictionary.h"

namespace parlance::search {

Result<void> PostingReader::read(std::string_view term, Visit const& visit) {
  return read_where("term = $3", {term}, visit);
}

Result<void> PostingReader::read(std::vector<std::string> const& terms, Visit const& visit) {
  if (index_.engine() == storage::Engine::postgres) {
    auto const all = array_of(terms);
    return read_where("term = ANY(CAST($3 AS TEXT[]))", {all}, visit);
  }
  for (auto const& term : terms) TRY(read(term, visit));
  return {};
}

Result<void> PostingReader::read_longer(std::string_view prefix, std::int64_t most, Visit const& visit) {
  auto const end = end_of_prefix(prefix);
  bool const is_postgres = index_.engine() == storage::Engine::postgres;
  auto const blocks = static_cast<std::int64_t>(slots_ / kBlockSlots + 1);
  return read_where("term > $3 AND term < $4 ORDER BY block, term LIMIT $5",
                    {prefix, end, is_postgres ? most * blocks : most}, visit);
}

/// The rows of the terms that `condition` names; its parameters begin at $3. SQLite is asked for one block after the
/// other, PostgreSQL for all at once.
Result<void> PostingReader::read_where(std::string_view condition, std::vector<storage::Param> const& values,
                                       Visit const& visit) {
  std::vector<std::int64_t> blocks((slots_ + kBlockSlots - 1) / kBlockSlots);
  std::iota(blocks.begin(), blocks.end(), 0);
  bool const is_postgres = index_.engine() == storage::Engine::postgres;
  auto const sql = fmt::format("SELECT block, data FROM thread_postings WHERE tenant_id = $1 AND block = {} AND {}",
                               is_postgres ? "ANY(CAST($2 AS BIGINT[]))" : "$2", condition);
  std::vector<storage::Param> params{tenant_, nullptr};
  params.insert(params.end(), values.begin(), values.end());
  std::vector<Posting> postings;
  auto const see = [&](storage::Row const& row) {
    postings.clear();
    decode_block(row.integer(0), row.bytes(1), postings);
    while (!postings.empty() && postings.back().slot >= slots_) postings.pop_back();
    visit(postings);
  };
  if (is_postgres) {
    auto const all = array_of(blocks);
    params[1] = all;
    return index_.each(sql, params, see);
  }
  for (auto const block : blocks) {
    params[1] = block;
    TRY(index_.each(sql, params, see));
  }
  return {};
}

}  // namespace parlance::search
