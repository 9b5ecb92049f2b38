#include "core/dispatch.h"

#include <algorithm>
#include <string>

#include "model/event.h"

namespace parlance::core {

Result<std::optional<DueMessages>> find_due_messages(storage::Transaction& tx, TenantId tenant, ConversationId id) {
  struct Counters {
    std::int64_t from = 0;
    std::int64_t last_seq = 0;
  };
  std::string sql =
      "SELECT dispatch_from, last_seq FROM conversations WHERE tenant_id = $1 AND id = $2"
      " AND dispatch_from IS NOT NULL";
  if (tx.engine() == storage::Engine::postgres) sql += " FOR UPDATE";
  auto const counters = TRY(tx.first(sql, {tenant, id}, [](storage::Row const& row) {
    return Counters{.from = row.integer(0), .last_seq = row.integer(1)};
  }));
  if (!counters) return std::nullopt;
  auto const first_seq = TRY(
      tx.first("SELECT seq FROM events WHERE tenant_id = $1 AND conversation_id = $2 AND position > $3 AND kind = $4"
               " ORDER BY position LIMIT 1",
               {tenant, id, counters->from, model::EventKind::message_added},
               [](storage::Row const& row) { return row.integer(0); }));
  return DueMessages{.first_seq = first_seq.value_or(counters->last_seq + 1),
                     .last_seq = counters->last_seq,
                     .after_offset = counters->from};
}

Result<void> settle_due_messages(storage::Transaction& tx, TenantId tenant, ConversationId id, DueMessages const& due,
                                 std::int64_t through_seq) {
  if (through_seq >= due.last_seq) {
    TRY(tx.execute("UPDATE conversations SET dispatch_from = NULL WHERE tenant_id = $1 AND id = $2", {tenant, id}));
    return {};
  }
  TRY(
      tx.execute("UPDATE conversations SET dispatch_from = (SELECT added_offset FROM messages WHERE tenant_id = $1"
                 " AND conversation_id = $2 AND seq = $3) WHERE tenant_id = $1 AND id = $2",
                 {tenant, id, through_seq}));
  return {};
}

Result<std::optional<UserId>> only_sender(storage::Transaction& tx, TenantId tenant, ConversationId id,
                                          std::int64_t first_seq, std::int64_t last_seq) {
  auto const user = [](storage::Row const& row) { return row.id<UserId>(0); };
  auto const first =
      TRY(tx.first("SELECT sender_id FROM messages WHERE tenant_id = $1 AND conversation_id = $2 AND seq = $3",
                   {tenant, id, first_seq}, user));
  if (!first) return std::nullopt;
  auto const other =
      TRY(tx.first("SELECT sender_id FROM messages WHERE tenant_id = $1 AND conversation_id = $2"
                   " AND seq BETWEEN $3 AND $4 AND sender_id <> $5 LIMIT 1",
                   {tenant, id, first_seq, last_seq, *first}, user));
  return other ? std::nullopt : first;
}

Result<std::vector<Sent>> list_sent(storage::Transaction& tx, TenantId tenant, ConversationId id,
                                    std::int64_t first_seq, std::int64_t last_seq) {
  auto sent = TRY(tx.all(
      "SELECT id, sender_id, text FROM messages WHERE tenant_id = $1 AND conversation_id = $2 AND seq BETWEEN $3 AND $4"
      " AND deleted_at = 0 AND xid IS NULL ORDER BY seq",
      {tenant, id, first_seq, last_seq}, [](storage::Row const& row) {
        return Sent{row.id<MessageId>(0), row.id<UserId>(1), calls_everyone(row.text(2)), {}};
      }));
  // Ids grow with seq.
  TRY(
      tx.each("SELECT n.message_id, n.user_id FROM messages m JOIN mentions n ON n.tenant_id = m.tenant_id"
              " AND n.message_id = m.id WHERE m.tenant_id = $1 AND m.conversation_id = $2 AND m.seq BETWEEN $3 AND $4",
              {tenant, id, first_seq, last_seq}, [&](storage::Row const& row) {
                auto const found = std::ranges::lower_bound(sent, row.id<MessageId>(0), {}, &Sent::message);
                bool const is_known = found != sent.end() && found->message == row.id<MessageId>(0);
                if (is_known) found->mentioned.push_back(row.id<UserId>(1));
              }));
  return sent;
}

Concern concern_of(Sent const& sent, UserId user) {
  if (std::ranges::find(sent.mentioned, user) != sent.mentioned.end() && !sent.is_to_everyone) return Concern::mention;
  return sent.is_to_everyone ? Concern::everyone : Concern::none;
}

}  // namespace parlance::core
