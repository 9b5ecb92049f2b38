#include "core/message_place.h"

namespace parlance::core {

Result<ConversationId> conversation_of(storage::Transaction& tx, TenantId tenant, MessageId id) {
  auto const found = TRY(tx.first("SELECT conversation_id FROM messages WHERE tenant_id = $1 AND id = $2", {tenant, id},
                                  [](storage::Row const& row) { return row.id<ConversationId>(0); }));
  if (!found) return fail(Errc::not_found, "no such message");
  return *found;
}

}  // namespace parlance::core
