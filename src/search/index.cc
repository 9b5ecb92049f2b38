#include "search/index.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <unordered_map>
#include <utility>

#include "search/indexer.h"
#include "search/match.h"
#include "search/postgres_store.h"
#include "search/sqlite_store.h"
#include "search/thread_index.h"
#include "storage/verb.h"

namespace parlance::search {

namespace {

/// Messages read by one statement.
constexpr std::size_t kReadTogether = 32;

/// OPTIMIZATION: with `id IN (…)` SQLite looks through all messages of the tenant, by an index that begins with it:
/// 75 ms at 1 M messages instead of 0.1 ms. CROSS JOIN keeps it to one look-up by id after the other.
std::string const& read_messages_sql() {
  static std::string const sql = [] {
    std::string wanted;
    for (std::size_t i = 0; i < kReadTogether; ++i) wanted += fmt::format("{}(${})", i == 0 ? "" : ", ", i + 2);
    return fmt::format(
        "SELECT m.id, m.conversation_id, m.seq, m.text FROM (VALUES {}) AS wanted CROSS JOIN messages m"
        " WHERE m.tenant_id = $1 AND m.id = wanted.column1 AND m.deleted_at = 0",
        wanted);
  }();
  return sql;
}

/// The query with its conversations in order.
Query normalized(Query query) {
  std::ranges::sort(query.conversations);
  auto const repeated = std::ranges::unique(query.conversations);
  query.conversations.erase(repeated.begin(), repeated.end());
  query.limit = std::min(query.limit, kMaxLimit);
  return query;
}

std::optional<Hit> hit_from(storage::Row const& row, Query const& query) {
  auto const conversation = row.id<ConversationId>(1);
  if (!std::ranges::binary_search(query.conversations, conversation)) return std::nullopt;
  auto const text = row.text(3);
  auto const found = match(text, query.terms);
  if (!found) return std::nullopt;
  return Hit{row.id<MessageId>(0), conversation, row.integer(2), found->score,
             highlight(text, found->ranges, query.highlight)};
}

/// Those of `ids` that are hits by what `log` sees, in the same order.
Result<std::vector<Hit>> check(storage::Transaction& log, Query const& query, std::span<MessageId const> ids) {
  std::unordered_map<MessageId, Hit> by_id;
  for (auto rest = ids; !rest.empty(); rest = rest.subspan(std::min(rest.size(), kReadTogether))) {
    std::vector<storage::Param> params(1 + kReadTogether, storage::Param(0));
    params[0] = query.tenant;
    for (std::size_t i = 0; i < std::min(rest.size(), kReadTogether); ++i) params[i + 1] = rest[i];
    TRY(log.each(read_messages_sql(), params, [&](storage::Row const& row) {
      auto hit = hit_from(row, query);
      if (!hit) return;
      auto const id = hit->message;
      by_id.emplace(id, *std::move(hit));
    }));
  }
  std::vector<Hit> hits;
  for (auto const id : ids)
    if (auto const found = by_id.find(id); found != by_id.end()) hits.push_back(std::move(found->second));
  return hits;
}

/// Until there is one hit more than was asked for, or no candidate.
Result<std::vector<Hit>> find_newest(Store& store, storage::Transaction& log, Query const& query) {
  auto const wanted = query.limit + 1;
  std::vector<Hit> hits;
  Request request{query.tenant, query.terms, query.conversations, query.before, query.offset, wanted};
  while (hits.size() < wanted) {
    auto const ids = TRY(store.find(request));
    for (auto& hit : TRY(check(log, query, ids))) hits.push_back(std::move(hit));
    if (ids.size() < request.count) break;
    request.before = ids.back();
    request.offset = 0;
  }
  return hits;
}

Result<std::vector<Hit>> find_ranked(Store& store, storage::Transaction& log, Query const& query) {
  Request const request{query.tenant, query.terms, query.conversations, query.before, 0, kRankedCandidates};
  auto const ids = TRY(store.find(request));
  auto hits = TRY(check(log, query, ids));
  std::ranges::sort(hits, std::greater(), [](Hit const& hit) { return std::pair(hit.score, hit.message); });
  hits.erase(hits.begin(), hits.begin() + static_cast<std::ptrdiff_t>(std::min(query.offset, hits.size())));
  return hits;
}

}  // namespace

MessageIndex::MessageIndex(std::unique_ptr<Store> store, IndexOptions options)
    : options_(std::move(options)),
      store_(std::move(store)),
      indexer_(std::make_unique<Indexer>(*store_, options_.interval)),
      threads_(std::make_unique<ThreadIndex>(*store_, *indexer_, options_.patience)) {}

MessageIndex::~MessageIndex() = default;

Result<std::unique_ptr<MessageIndex>> MessageIndex::open(storage::Database& database, IndexOptions options) {
  auto store = TRY(database.engine() == storage::Engine::sqlite ? SqliteStore::open(database, options.directory)
                                                                : PostgresStore::open(database));
  return std::unique_ptr<MessageIndex>(new MessageIndex(std::move(store), std::move(options)));
}

Result<Hits> MessageIndex::search(storage::Transaction& log, Query const& asked) {
  if (asked.terms.empty() || asked.conversations.empty() || asked.limit == 0 || asked.offset > kMaxOffset)
    return Hits{};
  if (!TRY(store_->is_current(log))) {
    if (store_->is_building()) return storage::busy("the search index is being built");
    TRY(catch_up(options_.patience));
  }
  auto const query = normalized(asked);
  Hits result;
  result.hits = TRY(query.order == Order::newest ? find_newest(*store_, log, query) : find_ranked(*store_, log, query));
  result.has_more = result.hits.size() > query.limit;
  if (result.has_more) result.hits.resize(query.limit);
  return result;
}

Result<void> MessageIndex::catch_up(std::chrono::milliseconds patience) { return indexer_->wait_for_pass(patience); }

}  // namespace parlance::search
