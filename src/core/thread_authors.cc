#include "core/thread_authors.h"

namespace parlance::core {

Result<void> note_thread_author(storage::Transaction& tx, model::Message const& message) {
  return tx.post(
      "INSERT INTO thread_authors (tenant_id, conversation_id, user_id) VALUES ($1, $2, $3)"
      " ON CONFLICT DO NOTHING",
      {message.tenant, message.conversation, message.sender});
}

}  // namespace parlance::core
