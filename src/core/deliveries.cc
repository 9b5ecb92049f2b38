#include "core/deliveries.h"

#include <algorithm>

#include "core/events.h"
#include "core/job_queue.h"

namespace parlance::core {

namespace {

constexpr std::int64_t kPending = 0;
constexpr std::int64_t kDead = 1;

/// Columns 0-9 of message_deliveries.
MessageDelivery delivery_from(storage::Row const& row) {
  MessageDelivery delivery;
  delivery.id = row.integer(0);
  delivery.tenant = row.id<TenantId>(1);
  delivery.conversation = row.id<ConversationId>(2);
  delivery.user = row.id<UserId>(3);
  delivery.first_seq = row.integer(4);
  delivery.last_seq = row.integer(5);
  delivery.attempts = row.integer(6);
  delivery.last_attempt_at = row.integer(7);
  delivery.last_error = row.text(8);
  return delivery;
}

}  // namespace

Result<void> open_deliveries(storage::Transaction& tx, TenantId tenant, ConversationId id,
                             std::vector<UserId> const& users, std::int64_t first_seq, std::int64_t last_seq,
                             Timestamp run_at) {
  for (auto const user : users) {
    auto const delivered =
        TRY(tx.first("SELECT delivered_seq FROM members WHERE tenant_id = $1 AND conversation_id = $2 AND user_id = $3",
                     {tenant, id, user}, [](storage::Row const& row) { return row.integer(0); }))
            .value_or(0);
    auto const first = std::max(first_seq, delivered + 1);
    if (first > last_seq) continue;
    TRY(
        tx.execute("INSERT INTO message_deliveries (tenant_id, conversation_id, user_id, first_seq, last_seq, run_at)"
                   " VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING",
                   {tenant, id, user, first, last_seq, run_at}));
  }
  return {};
}

Result<std::vector<MessageDelivery>> take_deliveries(storage::Transaction& tx, Timestamp due, Timestamp lease_until,
                                                     std::int64_t limit) {
  std::string sql =
      "UPDATE message_deliveries SET run_at = $2, attempts = attempts + 1, last_attempt_at = $1 WHERE id IN"
      " (SELECT id FROM message_deliveries WHERE state = 0 AND run_at <= $1 ORDER BY run_at LIMIT $3";
  sql += skip_locked(tx);
  sql +=
      ") RETURNING id, tenant_id, conversation_id, user_id, first_seq, last_seq, attempts, last_attempt_at, last_error";
  return tx.all(sql, {due, lease_until, limit}, delivery_from);
}

Result<void> finish_delivery(storage::Transaction& tx, std::int64_t id) {
  TRY(tx.execute("DELETE FROM message_deliveries WHERE id = $1", {id}));
  return {};
}

Result<void> fail_delivery(storage::Transaction& tx, std::int64_t id, std::string_view error, Timestamp run_at) {
  TRY(tx.execute("UPDATE message_deliveries SET state = $2, run_at = $3, last_error = $4 WHERE id = $1",
                 {id, run_at == 0 ? kDead : kPending, run_at, error}));
  return {};
}

Result<void> finish_deliveries_of(storage::Transaction& tx, TenantId tenant, UserId user) {
  TRY(tx.execute("DELETE FROM message_deliveries WHERE tenant_id = $1 AND user_id = $2 AND state = 0", {tenant, user}));
  return {};
}

Result<std::vector<FailedMessage>> list_failed_messages(storage::Transaction& tx, TenantId tenant, std::int64_t limit) {
  return tx.all(
      "SELECT d.id, m.id, u.external_id, d.conversation_id, d.attempts, d.last_attempt_at, d.last_error"
      " FROM message_deliveries d JOIN users u ON u.tenant_id = d.tenant_id AND u.id = d.user_id"
      " JOIN messages m ON m.tenant_id = d.tenant_id AND m.conversation_id = d.conversation_id"
      " AND m.seq BETWEEN d.first_seq AND d.last_seq AND m.sender_id <> d.user_id AND m.deleted_at = 0"
      " WHERE d.tenant_id = $1 AND d.state = 1 ORDER BY d.id DESC, m.seq DESC LIMIT $2",
      {tenant, limit}, [](storage::Row const& row) {
        FailedMessage failed;
        failed.delivery = row.integer(0);
        failed.message = row.id<MessageId>(1);
        failed.external_id = row.text(2);
        failed.conversation = row.id<ConversationId>(3);
        failed.attempts = row.integer(4);
        failed.last_attempt_at = row.integer(5);
        failed.error = row.text(6);
        return failed;
      });
}

Result<void> redrive_delivery(storage::Transaction& tx, TenantId tenant, std::int64_t id) {
  auto const changed =
      TRY(tx.execute("UPDATE message_deliveries SET state = 0, attempts = 0, run_at = $3"
                     " WHERE tenant_id = $1 AND id = $2 AND state = 1",
                     {tenant, id, tx.now()}));
  if (changed == 0) return fail(Errc::not_found, "no such dead letter");
  announce(tx, tenant, model::EventKind::job_added);
  return {};
}

Result<Timestamp> next_delivery_at(storage::Transaction& tx) {
  auto const next = TRY(tx.first("SELECT run_at FROM message_deliveries WHERE state = 0 ORDER BY run_at LIMIT 1", {},
                                 [](storage::Row const& row) { return row.integer(0); }));
  return next.value_or(0);
}

}  // namespace parlance::core
