#include "core/leases.h"

namespace parlance::core {

Result<bool> take_lease(storage::Transaction& tx, std::string_view name, std::string_view holder, Timestamp until) {
  auto const changed =
      TRY(tx.execute("INSERT INTO leases (name, holder, until) VALUES ($1, $2, $3) ON CONFLICT (name) DO UPDATE"
                     " SET holder = excluded.holder, until = excluded.until"
                     " WHERE leases.holder = excluded.holder OR leases.until <= $4",
                     {name, holder, until, tx.now()}));
  return changed > 0;
}

Result<void> return_lease(storage::Transaction& tx, std::string_view name, std::string_view holder) {
  TRY(tx.execute("DELETE FROM leases WHERE name = $1 AND holder = $2", {name, holder}));
  return {};
}

}  // namespace parlance::core
