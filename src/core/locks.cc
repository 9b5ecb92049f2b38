#include "core/locks.h"

#include <algorithm>
#include <string_view>

namespace parlance::core {

namespace {

/// Most of them have the strength of an UPDATE that leaves the key alone: references to the row are made and checked
/// meanwhile.
Result<void> lock(storage::Transaction& tx, std::string_view sql, storage::Transaction::Params params) {
  if (tx.engine() != storage::Engine::postgres) return {};
  return tx.post(sql, params);  // Whatever the verb looks at next waits with it.
}

}  // namespace

Result<void> lock_tenant(storage::Transaction& tx, TenantId tenant) {
  return lock(tx, "SELECT 1 FROM tenants WHERE id = $1 FOR NO KEY UPDATE", {tenant});
}

Result<void> lock_space(storage::Transaction& tx, TenantId tenant, SpaceId space) {
  return lock(tx, "SELECT 1 FROM spaces WHERE tenant_id = $1 AND id = $2 FOR NO KEY UPDATE", {tenant, space});
}

Result<void> lock_conversation(storage::Transaction& tx, TenantId tenant, ConversationId conversation) {
  return lock(tx, "SELECT 1 FROM conversations WHERE tenant_id = $1 AND id = $2 FOR NO KEY UPDATE",
              {tenant, conversation});
}

Result<void> lock_conversations(storage::Transaction& tx, TenantId tenant, std::vector<ConversationId> conversations) {
  std::ranges::sort(conversations);
  for (auto const id : conversations) TRY(lock_conversation(tx, tenant, id));
  return {};
}

Result<void> hold_channels(storage::Transaction& tx, TenantId tenant, std::vector<ConversationId> channels) {
  std::ranges::sort(channels);
  for (auto const id : channels) {
    TRY(lock(tx, "SELECT 1 FROM conversations WHERE tenant_id = $1 AND id = $2 FOR KEY SHARE", {tenant, id}));
  }
  return {};
}

Result<void> lock_channel(storage::Transaction& tx, TenantId tenant, ConversationId channel) {
  return lock(tx, "SELECT 1 FROM conversations WHERE tenant_id = $1 AND id = $2 FOR UPDATE", {tenant, channel});
}

Result<void> lock_threads_in(storage::Transaction& tx, TenantId tenant, ConversationId channel) {
  return lock(tx,
              "SELECT 1 FROM conversations WHERE tenant_id = $1 AND id IN (SELECT conversation_id FROM"
              " conversation_parents WHERE tenant_id = $1 AND parent_id = $2) ORDER BY id FOR NO KEY UPDATE",
              {tenant, channel});
}

Result<void> lock_conversation_of(storage::Transaction& tx, TenantId tenant, MessageId message) {
  return lock(tx,
              "SELECT 1 FROM conversations WHERE tenant_id = $1 AND id = (SELECT conversation_id FROM messages"
              " WHERE tenant_id = $1 AND id = $2) FOR NO KEY UPDATE",
              {tenant, message});
}

}  // namespace parlance::core
