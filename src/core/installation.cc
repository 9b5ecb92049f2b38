#include "core/installation.h"

#include "base/crypto.h"

namespace parlance::core {

Result<std::string> installation_of(storage::Transaction& tx) {
  if (tx.engine() != storage::Engine::postgres)
    return fail(Errc::invalid_argument, "an SQLite database is one process's own");
  auto const facts =
      TRY(tx.one("SELECT (SELECT system_identifier FROM pg_control_system())::text || ' ' || d.oid::text || ' '"
                 " || current_schema() FROM pg_database d WHERE d.datname = current_database()",
                 {}, [](storage::Row const& row) { return std::string(row.text(0)); }));
  return to_hex(sha256(facts)).substr(0, 24);
}

}  // namespace parlance::core
