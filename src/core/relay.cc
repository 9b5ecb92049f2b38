#include "core/relay.h"

namespace parlance::core {

Result<void> begin_relaying(storage::Transaction& tx) {
  auto const is_first =
      TRY(tx.execute("INSERT INTO relay_positions (tenant_id, conversation_id, position) VALUES (0, 0, 0)"
                     " ON CONFLICT DO NOTHING"));
  if (is_first == 0) return {};
  TRY(
      tx.execute("INSERT INTO relay_positions (tenant_id, conversation_id, position)"
                 " SELECT tenant_id, id, last_offset FROM conversations WHERE last_offset > 0 ON CONFLICT DO NOTHING"));
  return {};
}

Result<std::vector<RelayedConversation>> list_unrelayed(storage::Transaction& tx, std::int64_t limit) {
  return tx.all(
      "SELECT c.tenant_id, c.id FROM conversations c LEFT JOIN relay_positions r ON r.tenant_id = c.tenant_id"
      " AND r.conversation_id = c.id WHERE c.last_offset > COALESCE(r.position, 0) LIMIT $1",
      {limit},
      [](storage::Row const& row) { return RelayedConversation{row.id<TenantId>(0), row.id<ConversationId>(1)}; });
}

Result<std::int64_t> relayed_through(storage::Transaction& tx, RelayedConversation const& which) {
  auto const position =
      TRY(tx.first("SELECT position FROM relay_positions WHERE tenant_id = $1 AND conversation_id = $2",
                   {which.tenant, which.conversation}, [](storage::Row const& row) { return row.integer(0); }));
  return position.value_or(0);
}

Result<void> set_relayed_through(storage::Transaction& tx, RelayedConversation const& which, std::int64_t offset) {
  TRY(
      tx.execute("INSERT INTO relay_positions (tenant_id, conversation_id, position) VALUES ($1, $2, $3)"
                 " ON CONFLICT (tenant_id, conversation_id) DO UPDATE SET position = excluded.position",
                 {which.tenant, which.conversation, offset}));
  return {};
}

Result<void> skip_relaying(storage::Transaction& tx, RelayedConversation const& which, std::int64_t offset) {
  TRY(
      tx.execute("INSERT INTO relay_positions (tenant_id, conversation_id, position) SELECT $1, $2, $3"
                 " WHERE EXISTS (SELECT 1 FROM relay_positions WHERE tenant_id = 0) AND ($3 = 1 OR EXISTS"
                 " (SELECT 1 FROM relay_positions WHERE tenant_id = $1 AND conversation_id = $2))"
                 " ON CONFLICT (tenant_id, conversation_id) DO UPDATE SET position = excluded.position"
                 " WHERE relay_positions.position = excluded.position - 1",
                 {which.tenant, which.conversation, offset}));
  return {};
}

}  // namespace parlance::core
