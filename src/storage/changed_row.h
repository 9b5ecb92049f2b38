#pragma once

#include <fmt/format.h>

#include <string>
#include <string_view>

#include "storage/transaction.h"

namespace parlance::storage {

/// An UPDATE of one row that tells what is in the row afterwards.
///
/// OPTIMIZATION: for RETURNING, SQLite makes and drops a temporary table each time; looking at the row again by its key
/// takes less (see SqliteConnection::insert). On PostgreSQL a second statement would be another round trip.
class ChangedRow {
 public:
  /// `set` as of UPDATE; `key` finds the row by $1… and is not changed by `set`; `columns` are told. On PostgreSQL,
  /// `and_columns` (with a comma before them) too, which may change something by being told, such as a sequence.
  ChangedRow(std::string_view table, std::string_view set, std::string_view key, std::string_view columns,
             std::string_view and_columns = {})
      : update_(fmt::format("UPDATE {} SET {} WHERE {}", table, set, key)),
        update_and_tell_(fmt::format("{} RETURNING {}{}", update_, columns, and_columns)),
        look_(fmt::format("SELECT {} FROM {} WHERE {}", columns, table, key)) {}

  /// `keys` are the parameters of `key`, `params` all of them, `keys` first. Empty where there is no such row.
  template <class Map>
  auto run(Transaction& tx, Transaction::Params keys, Transaction::Params params, Map map) const
      -> Result<std::optional<std::invoke_result_t<Map&, Row const&>>> {
    if (tx.engine() == Engine::postgres) return tx.first(update_and_tell_, params, std::move(map));
    TRY(tx.execute(update_, params));
    return tx.first(look_, keys, std::move(map));
  }

 private:
  std::string update_;
  std::string update_and_tell_;
  std::string look_;
};

}  // namespace parlance::storage
