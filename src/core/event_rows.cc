#include "core/event_rows.h"

namespace parlance::core {

Result<void> post_event(storage::Transaction& tx, model::Event const& event) {
  return tx.post(
      "INSERT INTO events (tenant_id, conversation_id, position, kind, message_id, seq, actor_id, subject_id, data,"
      " created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
      {event.tenant, event.conversation, event.offset, event.kind, event.message, event.seq, event.actor, event.subject,
       event.data, event.created_at});
}

}  // namespace parlance::core
