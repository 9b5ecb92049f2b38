#include "search/postgres_store.h"

#include <fmt/format.h>

#include <limits>
#include <unordered_map>
#include <utility>

#include "search/change.h"
#include "search/postgres_query.h"
#include "search/thread_lists.h"
#include "search/thread_writer.h"

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

/// A step's work on the messages.
struct Step {
  std::vector<std::int64_t> queued;  // all that was read
  std::unordered_map<MessageId, Change> changes;
};

/// What message_words holds of a message.
struct Indexed {
  ConversationId conversation;
  std::string tokens;
};

/// One node at a time: an older text must not overtake a newer one.
Result<void> take_turn(storage::Transaction& transaction) {
  TRY(transaction.execute("SELECT pg_advisory_xact_lock(hashtext('parlance search ' || current_schema()))"));
  return {};
}

Result<Step> read_queue(storage::Transaction& transaction, std::int64_t up_to) {
  static auto const sql = fmt::format(
      "SELECT q.id, q.message_id, q.tenant_id, {} FROM search_queue q LEFT JOIN messages m ON m.tenant_id = q.tenant_id"
      " AND m.id = q.message_id AND m.deleted_at = 0 WHERE q.id <= $1 ORDER BY q.id LIMIT $2",
      kChangeColumns);
  Step step;
  TRY(transaction.each(sql, {up_to, kStepRows}, [&](storage::Row const& row) {
    step.queued.push_back(row.integer(0));
    auto const message = row.id<MessageId>(1);
    auto change = change_from(row, message, 3);
    change.tenant = row.id<TenantId>(2);
    step.changes.try_emplace(message, std::move(change));
  }));
  return step;
}

Result<std::unordered_map<MessageId, Indexed>> read_indexed(storage::Transaction& transaction, Step const& step) {
  std::vector<std::int64_t> tenants;
  std::vector<std::int64_t> messages;
  for (auto const& [message, change] : step.changes) {
    tenants.push_back(change.tenant.value);
    messages.push_back(message.value);
  }
  std::unordered_map<MessageId, Indexed> indexed;
  TRY(transaction.each(
      "SELECT w.message_id, w.conversation_id, array_to_string(tsvector_to_array(w.words), ' ') FROM unnest("
      "CAST($1 AS BIGINT[]), CAST($2 AS BIGINT[])) AS u (t, m) JOIN message_words w ON w.tenant_id = u.t"
      " AND w.message_id = u.m",
      {array_of(tenants), array_of(messages)}, [&](storage::Row const& row) {
        Indexed entry{row.id<ConversationId>(1), {}};
        // The conversation's own lexeme is no word.
        each_piece(row.text(2), ' ', [&](std::string_view token) {
          if (!token.starts_with('#')) entry.tokens.append(token).append(1, ' ');
        });
        indexed.emplace(row.id<MessageId>(0), std::move(entry));
      }));
  return indexed;
}

std::vector<ChatChange> chat_changes(Step const& step, std::unordered_map<MessageId, Indexed> const& indexed) {
  std::vector<ChatChange> chats;
  for (auto const& [message, change] : step.changes) {
    auto const before = indexed.find(message);
    bool const was_there = before != indexed.end();
    bool const is_there = static_cast<bool>(change.conversation);
    if (!was_there && !is_there) continue;
    auto const conversation = is_there ? change.conversation : before->second.conversation;
    auto& chat = chats.emplace_back(ChatChange{.thread = {change.tenant, conversation}});
    chat.sender = change.sender;
    chat.created_at = change.created_at;
    chat.chats = (is_there ? 1 : 0) - (was_there ? 1 : 0);
    if (was_there) chat.before = before->second.tokens;
    if (is_there) chat.after = joined_tokens(change.text);
  }
  return chats;
}

Result<void> write_words(storage::Transaction& transaction, Step const& step) {
  std::vector<std::int64_t> tenants;
  std::vector<std::int64_t> messages;
  std::vector<std::int64_t> conversations;
  std::vector<std::string> words;
  std::vector<std::int64_t> gone_tenants;
  std::vector<std::int64_t> gone;
  for (auto const& [message, change] : step.changes) {
    bool const is_there = static_cast<bool>(change.conversation);
    (is_there ? tenants : gone_tenants).push_back(change.tenant.value);
    (is_there ? messages : gone).push_back(message.value);
    if (!is_there) continue;
    conversations.push_back(change.conversation.value);
    words.push_back(tsvector_of(tokenize(change.text), change.conversation));
  }
  TRY(
      transaction.execute("INSERT INTO message_words (tenant_id, message_id, conversation_id, words) SELECT t, m, c,"
                          " CAST(w AS tsvector) FROM unnest(CAST($1 AS BIGINT[]), CAST($2 AS BIGINT[]), CAST($3 AS"
                          " BIGINT[]), CAST($4 AS TEXT[])) AS u (t, m, c, w) ON CONFLICT (tenant_id, message_id)"
                          " DO UPDATE SET words = excluded.words",
                          {array_of(tenants), array_of(messages), array_of(conversations), array_of(words)}));
  TRY(
      transaction.execute("DELETE FROM message_words AS d USING unnest(CAST($1 AS BIGINT[]), CAST($2 AS BIGINT[])) AS u"
                          " (t, m) WHERE d.tenant_id = u.t AND d.message_id = u.m",
                          {array_of(gone_tenants), array_of(gone)}));
  return {};
}

Result<void> remove_rows(storage::Transaction& transaction, std::string_view sql,
                         std::vector<std::int64_t> const& ids) {
  if (ids.empty()) return {};
  TRY(transaction.execute(sql, {array_of(ids)}));
  return {};
}

/// Indexes some of what is queued up to the two ids. Returns whether there may be more.
Result<bool> advance(storage::Transaction& transaction, std::int64_t newest, std::int64_t newest_thread) {
  TRY(take_turn(transaction));
  auto const step = TRY(read_queue(transaction, newest));
  auto const changed = TRY(read_thread_changes(transaction, 0, newest_thread == 0 ? 0 : kStepRows));
  if (step.queued.empty() && changed.ids.empty()) return false;
  auto const chats = chat_changes(step, TRY(read_indexed(transaction, step)));
  std::vector<ThreadKey> written_to;
  for (auto const& chat : chats) written_to.push_back(chat.thread);
  ThreadWriter writer(transaction);
  auto const threads = TRY(writer.to_be_read(changed.threads, written_to));
  auto const sources = TRY(read_thread_sources(transaction, threads));
  TRY(writer.write(sources, chats));
  TRY(write_words(transaction, step));
  TRY(remove_rows(transaction, "DELETE FROM search_queue WHERE id = ANY(CAST($1 AS BIGINT[]))", step.queued));
  TRY(remove_rows(transaction, "DELETE FROM thread_changes WHERE id = ANY(CAST($1 AS BIGINT[]))", changed.ids));
  return std::ssize(step.queued) == kStepRows || (changed.end < newest_thread && std::ssize(changed.ids) == kStepRows);
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
  auto const newest_thread = TRY(write(newest_thread_change));
  bool has_more = newest != 0 || newest_thread != 0;
  for (int steps = 0; has_more && !stop.stop_requested(); ++steps) {
    is_building_ = steps >= kStepsOfBuilding;
    has_more =
        TRY(write([&](storage::Transaction& transaction) { return advance(transaction, newest, newest_thread); }));
  }
  is_building_ = false;
  return {};
}

Result<bool> PostgresStore::is_current(storage::Transaction& log) {
  auto const queued =
      TRY(log.one("SELECT CASE WHEN EXISTS (SELECT 1 FROM search_queue) OR EXISTS (SELECT 1 FROM thread_changes) THEN 1"
                  " ELSE 0 END",
                  {}, [](auto& row) { return row.flag(0); }));
  return !queued;
}

Result<void> PostgresStore::read(std::function<Result<void>(storage::Transaction&)> const& action) {
  return readers_.read([&](storage::Connection& connection) {
    storage::Transaction index(connection);
    return action(index);
  });
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
