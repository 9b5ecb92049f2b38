#include "search/posting_writer.h"

#include <algorithm>
#include <map>
#include <span>
#include <string>
#include <tuple>
#include <utility>

#include "search/arrays.h"
#include "search/dictionary.h"

namespace parlance::search {

namespace {

/// A row of thread_postings that changes.
struct Block {
  std::string_view term;
  std::int64_t number = 0;
  std::span<PostingDelta const> deltas;  ///< ascending by slot
  bool is_stored = false;
  std::string data;  ///< as it was read, and as it is to be written; empty: not at all
};

/// A term whose number of threads has changed.
struct Counted {
  std::string term;
  std::int64_t before = 0;
  std::int64_t after = 0;
};

std::int64_t block_of(PostingDelta const& delta) { return delta.slot / kBlockSlots; }

std::vector<Block> blocks_of(std::vector<PostingDelta>& deltas) {
  std::ranges::sort(deltas, {},
                    [](PostingDelta const& delta) { return std::tuple(block_of(delta), delta.term, delta.slot); });
  std::vector<Block> blocks;
  for (std::size_t from = 0, to = 0; from < deltas.size(); from = to) {
    auto const& first = deltas[from];
    while (to < deltas.size() && deltas[to].term == first.term && block_of(deltas[to]) == block_of(first)) ++to;
    blocks.push_back({first.term, block_of(first), std::span(deltas).subspan(from, to - from), false, {}});
  }
  return blocks;
}

void change(Posting& posting, PostingDelta const& delta) {
  auto const chats = static_cast<std::int64_t>(posting.chats) + delta.chats;
  posting.chats = static_cast<std::uint32_t>(std::max<std::int64_t>(chats, 0));
  posting.fields = static_cast<FieldBits>((posting.fields & ~delta.lost) | delta.gained);
}

/// Works the deltas into the block's data. Returns how many threads more hold the term now.
std::int64_t update(Block& block) {
  std::vector<Posting> before;
  decode_block(block.number, block.data, before);
  std::vector<Posting> after;
  after.reserve(before.size() + block.deltas.size());
  std::size_t at = 0;
  for (auto const& delta : block.deltas) {
    while (at < before.size() && before[at].slot < delta.slot) after.push_back(before[at++]);
    bool const is_same = !after.empty() && after.back().slot == delta.slot;
    if (!is_same)
      after.push_back(at < before.size() && before[at].slot == delta.slot ? before[at++] : Posting{delta.slot});
    change(after.back(), delta);
  }
  after.insert(after.end(), before.begin() + static_cast<std::ptrdiff_t>(at), before.end());
  std::erase_if(after, [](Posting const& posting) { return posting.empty(); });
  block.data = encode_block(after);
  return std::ssize(after) - std::ssize(before);
}

// Not INSERT OR REPLACE: of a row that is there that is a removal and an insertion.
constexpr std::string_view kInsertPostings =
    "INSERT INTO thread_postings (tenant_id, term, block, data) VALUES ($1, $2, $3, $4)";
constexpr std::string_view kUpdatePostings =
    "UPDATE thread_postings SET data = $4 WHERE tenant_id = $1 AND term = $2 AND block = $3";
constexpr std::string_view kInsertTerm = "INSERT INTO thread_terms (tenant_id, term, threads) VALUES ($1, $2, $3)";
constexpr std::string_view kUpdateTerm = "UPDATE thread_terms SET threads = $3 WHERE tenant_id = $1 AND term = $2";

/// The engines' ways with many rows at once: SQLite takes them one by one, PostgreSQL as arrays in one statement.
class Rows {
 public:
  Rows(storage::Transaction& index, TenantId tenant)
      : index_(index), tenant_(tenant), is_postgres_(index.engine() == storage::Engine::postgres) {}

  Result<void> read(std::vector<Block>& blocks) {
    if (is_postgres_) return read_together(blocks);
    for (auto& block : blocks) {
      TRY(index_.each("SELECT data FROM thread_postings WHERE tenant_id = $1 AND term = $2 AND block = $3",
                      {tenant_, block.term, block.number}, [&](storage::Row const& row) { keep(block, row, 0); }));
    }
    return {};
  }

  Result<void> write(std::vector<Block> const& blocks) {
    std::vector<Block const*> present;
    for (auto const& block : blocks) {
      if (!block.data.empty())
        present.push_back(&block);
      else if (block.is_stored)
        TRY(index_.execute("DELETE FROM thread_postings WHERE tenant_id = $1 AND term = $2 AND block = $3",
                           {tenant_, block.term, block.number}));
    }
    if (is_postgres_) return write_together(present);
    for (auto const* block : present) {
      TRY(index_.execute(block->is_stored ? kUpdatePostings : kInsertPostings,
                         {tenant_, block->term, block->number, storage::Bytes{block->data}}));
    }
    return {};
  }

  /// Moves the terms' numbers of threads.
  Result<std::vector<Counted>> count(std::map<std::string_view, std::int64_t> const& gains) {
    if (is_postgres_) return count_together(gains);
    std::vector<Counted> counted;
    for (auto const& [term, gain] : gains) {
      auto const before = TRY(index_.first("SELECT threads FROM thread_terms WHERE tenant_id = $1 AND term = $2",
                                           {tenant_, term}, [](auto& row) { return row.integer(0); }))
                              .value_or(0);
      TRY(index_.execute(before > 0 ? kUpdateTerm : kInsertTerm, {tenant_, term, before + gain}));
      counted.push_back({std::string(term), before, before + gain});
    }
    return counted;
  }

 private:
  static void keep(Block& block, storage::Row const& row, int column) {
    block.is_stored = true;
    block.data = row.bytes(column);
  }

  Result<void> read_together(std::vector<Block>& blocks) {
    std::vector<std::string> terms;
    std::vector<std::int64_t> numbers;
    for (auto const& block : blocks) {
      terms.emplace_back(block.term);
      numbers.push_back(block.number);
    }
    return index_.each(
        "SELECT u.n, p.data FROM unnest(CAST($2 AS TEXT[]), CAST($3 AS BIGINT[])) WITH ORDINALITY AS u (t, b, n)"
        " JOIN thread_postings p ON p.tenant_id = $1 AND p.term = u.t AND p.block = u.b",
        {tenant_, array_of(terms), array_of(numbers)},
        [&](storage::Row const& row) { keep(blocks.at(static_cast<std::size_t>(row.integer(0) - 1)), row, 1); });
  }

  Result<void> write_together(std::vector<Block const*> const& blocks) {
    std::vector<std::string> terms;
    std::vector<std::int64_t> numbers;
    std::vector<std::string> data;
    for (auto const* block : blocks) {
      terms.emplace_back(block->term);
      numbers.push_back(block->number);
      data.push_back(block->data);
    }
    TRY(
        index_.execute("INSERT INTO thread_postings (tenant_id, term, block, data) SELECT $1, t, b, d FROM unnest("
                       "CAST($2 AS TEXT[]), CAST($3 AS BIGINT[]), CAST($4 AS BYTEA[])) AS u (t, b, d)"
                       " ON CONFLICT (tenant_id, block, term) DO UPDATE SET data = excluded.data",
                       {tenant_, array_of(terms), array_of(numbers), byte_array_of(data)}));
    return {};
  }

  Result<std::vector<Counted>> count_together(std::map<std::string_view, std::int64_t> const& gains) {
    std::vector<std::string> terms;
    std::vector<std::int64_t> numbers;
    for (auto const& [term, gain] : gains) {
      terms.emplace_back(term);
      numbers.push_back(gain);
    }
    return index_.all(
        "INSERT INTO thread_terms AS w (tenant_id, term, threads) SELECT $1, t, g FROM unnest(CAST($2 AS TEXT[]),"
        " CAST($3 AS BIGINT[])) AS u (t, g) ON CONFLICT (tenant_id, term)"
        " DO UPDATE SET threads = w.threads + excluded.threads RETURNING term, threads",
        {tenant_, array_of(terms), array_of(numbers)}, [&](storage::Row const& row) {
          std::string term(row.text(0));
          auto const after = row.integer(1);
          auto const before = after - gains.at(term);
          return Counted{std::move(term), before, after};
        });
  }

  storage::Transaction& index_;
  TenantId tenant_;
  bool is_postgres_;
};

}  // namespace

Result<void> write_postings(storage::Transaction& index, TenantId tenant, std::vector<PostingDelta> deltas) {
  auto blocks = blocks_of(deltas);
  if (blocks.empty()) return {};
  Rows rows(index, tenant);
  TRY(rows.read(blocks));
  std::map<std::string_view, std::int64_t> gains;
  for (auto& block : blocks)
    if (auto const gain = update(block); gain != 0) gains[block.term] += gain;
  std::erase_if(gains, [](auto const& entry) { return entry.second == 0; });
  TRY(rows.write(blocks));

  std::vector<std::string> added;
  std::vector<std::string> removed;
  auto counted = TRY(rows.count(gains));
  for (auto& [term, before, after] : counted) {
    if (before == 0)
      added.push_back(std::move(term));
    else if (after <= 0)
      removed.push_back(std::move(term));
  }
  TRY(add_trigrams(index, tenant, added));
  return remove_terms(index, tenant, removed);
}

}  // namespace parlance::search
