#include "core/moves.h"

#include "model/event.h"

namespace parlance::core {

Result<std::int64_t> newest_event_row(storage::Transaction& tx) {
  return tx.one("SELECT COALESCE(MAX(id), 0) FROM events", {}, [](storage::Row const& row) { return row.integer(0); });
}

Result<std::vector<LogMove>> list_moves(storage::Transaction& tx, std::int64_t row, std::int64_t limit) {
  using enum model::EventKind;
  return tx.all(
      "SELECT tenant_id, conversation_id, CASE WHEN kind IN ($2, $3, $4, $5) THEN subject_id ELSE 0 END AS whom,"
      " MAX(position) FROM events WHERE id > $1 GROUP BY tenant_id, conversation_id, whom LIMIT $6",
      {row, static_cast<std::int64_t>(member_added), static_cast<std::int64_t>(member_removed),
       static_cast<std::int64_t>(member_left), static_cast<std::int64_t>(conversation_created), limit},
      [](storage::Row const& found) {
        return LogMove{found.id<TenantId>(0), found.id<ConversationId>(1), found.id<UserId>(2), found.integer(3)};
      });
}

}  // namespace parlance::core
