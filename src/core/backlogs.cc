#include "core/backlogs.h"

#include <algorithm>

#include "model/conversation.h"

namespace parlance::core {

Result<std::vector<Backlog>> list_backlogs(storage::Transaction& tx, TenantId tenant, UserId user) {
  return tx.all(
      "SELECT b.conversation_id, b.delivered_seq, b.joined_seq, c.last_seq, c.history_mode, c.last_offset FROM members "
      "b"
      " JOIN conversations c ON c.tenant_id = b.tenant_id AND c.id = b.conversation_id"
      " WHERE b.tenant_id = $1 AND b.user_id = $2 AND b.membership = 1 AND c.kind <> 6 ORDER BY b.conversation_id",
      {tenant, user}, [](storage::Row const& row) {
        auto const joined_seq = row.integer(2);
        Backlog backlog;
        backlog.conversation = row.id<ConversationId>(0);
        backlog.received_seq = std::max(row.integer(1), joined_seq);
        backlog.last_seq = row.integer(3);
        backlog.last_offset = row.integer(5);
        if (row.as<model::HistoryMode>(4) == model::HistoryMode::since_join) backlog.visible_after = joined_seq;
        return backlog;
      });
}

}  // namespace parlance::core
