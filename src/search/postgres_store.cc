#include "search/postgres_store.h"

#include <fmt/format.h>

#include <limits>
#include <unordered_map>
#include <utility>

#include "search/change.h"
#include "search/postgres_query.h"

namespace parlance::search {

namespace {

constexpr std::int64_t kStepRows = 500;

/// With so many full steps in one pass it is not a matter of moments any more.
constexpr int kStepsOfBuilding = 10;

constexpr std::string_view kFind =
    "SELECT message_id FROM message_words WHERE tenant_id = $1 AND words @@ CAST($2 AS tsquery) AND message_id < $3"
    " ORDER BY message_id DESC LIMIT $4 OFFSET $5";

constexpr std::string_view kFindInList =
    "SELECT message_id FROM message_words WHERE tenant_id = $1 AND words @@ CAST($2 AS tsquery) AND message_id < $3"
    " AND conversation_id = ANY(CAST($6 AS BIGINT[])) ORDER BY message_id DESC LIMIT $4 OFFSET $5";

/// A step's work by column.
struct Columns {
  std::vector<std::int64_t> queued;  // all that was read

  std::vector<std::int64_t> tenants;
  std::vector<std::int64_t> messages;
  std::vector<std::int64_t> conversations;
  std::vector<std::string> words;

  std::vector<std::int64_t> wordless_tenants;
  std::vector<std::int64_t> wordless;
};

/// One node at a time: an older text must not overtake a newer one.
Result<void> take_turn(storage::Transaction& transaction) {
  TRY(transaction.execute("SELECT pg_advisory_xact_lock(hashtext('parlance search ' || current_schema()))"));
  return {};
}

Result<Columns> read_queue(storage::Transaction& transaction, std::int64_t up_to) {
  static auto const sql = fmt::format(
      "SELECT q.id, q.message_id, q.tenant_id, {} FROM search_queue q LEFT JOIN messages m ON m.tenant_id = q.tenant_id"
      " AND m.id = q.message_id WHERE q.id <= $1 ORDER BY q.id LIMIT $2",
      kChangeColumns);
  Columns columns;
  std::unordered_map<MessageId, Change> changes;
  TRY(transaction.each(sql, {up_to, kStepRows}, [&](storage::Row const& row) {
    columns.queued.push_back(row.integer(0));
    auto const message = row.id<MessageId>(1);
    auto change = change_from(row, message, 3);
    change.tenant = row.id<TenantId>(2);
    changes.try_emplace(message, std::move(change));
  }));
  for (auto const& [message, change] : changes) {
    auto const tokens = tokenize(change.text);
    if (tokens.empty()) {
      columns.wordless_tenants.push_back(change.tenant.value);
      columns.wordless.push_back(message.value);
      continue;
    }
    columns.messages.push_back(message.value);
    columns.tenants.push_back(change.tenant.value);
    columns.conversations.push_back(change.conversation.value);
    columns.words.push_back(tsvector_of(tokens, change.conversation));
  }
  return columns;
}

Result<void> apply(storage::Transaction& transaction, Columns const& columns) {
  TRY(
      transaction.execute("INSERT INTO message_words (tenant_id, message_id, conversation_id, words) SELECT t, m, c,"
                          " CAST(w AS tsvector) FROM unnest(CAST($1 AS BIGINT[]), CAST($2 AS BIGINT[]), CAST($3 AS"
                          " BIGINT[]), CAST($4 AS TEXT[])) AS u (t, m, c, w) ON CONFLICT (tenant_id, message_id)"
                          " DO UPDATE SET words = excluded.words",
                          {array_of(columns.tenants), array_of(columns.messages), array_of(columns.conversations),
                           array_of(columns.words)}));
  TRY(
      transaction.execute("DELETE FROM message_words AS d USING unnest(CAST($1 AS BIGINT[]), CAST($2 AS BIGINT[])) AS u"
                          " (t, m) WHERE d.tenant_id = u.t AND d.message_id = u.m",
                          {array_of(columns.wordless_tenants), array_of(columns.wordless)}));
  TRY(transaction.execute("DELETE FROM search_queue WHERE id = ANY(CAST($1 AS BIGINT[]))", {array_of(columns.queued)}));
  return {};
}

}  // namespace

Result<std::unique_ptr<Store>> PostgresStore::open(storage::Database& database) {
  auto writer = TRY(database.connect(storage::Access::read_write));
  return std::unique_ptr<Store>(new PostgresStore(database, std::move(writer)));
}

template <typename Action>
auto PostgresStore::write(Action action) -> std::invoke_result_t<Action&, storage::Transaction&> {
  TRY(reconnect_.ensure());
  TRY(writer_->begin());
  storage::Transaction transaction(*writer_);
  auto result = action(transaction);
  if (!result) {
    writer_->rollback();
    return result;
  }
  TRY(writer_->commit());
  return result;
}

Result<void> PostgresStore::fill(std::stop_token const& stop) {
  auto const newest = TRY(write([](storage::Transaction& transaction) {
    return transaction.one("SELECT MAX(id) FROM search_queue", {}, [](auto& row) { return row.integer(0); });
  }));
  if (newest == 0) return {};
  bool has_more = true;
  for (int steps = 0; has_more && !stop.stop_requested(); ++steps) {
    is_building_ = steps >= kStepsOfBuilding;
    has_more = TRY(write([&](storage::Transaction& transaction) -> Result<bool> {
      TRY(take_turn(transaction));
      auto const columns = TRY(read_queue(transaction, newest));
      if (!columns.queued.empty()) TRY(apply(transaction, columns));
      return std::ssize(columns.queued) == kStepRows;
    }));
  }
  is_building_ = false;
  return {};
}

Result<bool> PostgresStore::is_current(storage::Transaction& log) {
  auto const queued =
      TRY(log.first("SELECT 1 FROM search_queue ORDER BY id LIMIT 1", {}, [](auto& row) { return row.flag(0); }));
  return !queued.has_value();
}

Result<std::vector<MessageId>> PostgresStore::find(Request const& request) {
  auto const before = request.before ? request.before : MessageId{std::numeric_limits<std::int64_t>::max()};
  auto const to_id = [](storage::Row const& row) { return row.id<MessageId>(0); };
  return readers_.read([&](storage::Connection& connection) {
    storage::Transaction transaction(connection);
    if (request.conversations.size() <= kIndexedScope)
      return transaction.all(
          kFind,
          {request.tenant, tsquery_of(request.terms, request.conversations), before, request.count, request.offset},
          to_id);
    std::vector<std::int64_t> ids;
    for (auto const conversation : request.conversations) ids.push_back(conversation.value);
    return transaction.all(
        kFindInList,
        {request.tenant, tsquery_of(request.terms, {}), before, request.count, request.offset, array_of(ids)}, to_id);
  });
}

}  // namespace parlance::search
