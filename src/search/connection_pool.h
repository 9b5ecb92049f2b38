#pragma once

#include <memory>
#include <utility>
#include <vector>

#include "base/guarded.h"
#include "base/result.h"
#include "storage/database.h"
#include "storage/transaction.h"

namespace parlance::search {

/// Read-only connections for whoever asks; as many as there are threads asking at once. Any thread.
class ConnectionPool {
 public:
  /// `database` must outlive the pool.
  explicit ConnectionPool(storage::Database& database) : database_(database) {}

  /// Runs `action(connection)`, which returns a Result, in a transaction. A connection that comes out of it broken is
  /// given up.
  template <typename Action>
  auto read(Action action) -> std::invoke_result_t<Action&, storage::Connection&> {
    auto connection = TRY(take());
    TRY(connection->begin());
    auto result = action(*connection);
    connection->rollback();
    if (connection->condition() == storage::Condition::healthy) give_back(std::move(connection));
    return result;
  }

 private:
  using Owned = std::unique_ptr<storage::Connection>;

  Result<Owned> take() {
    auto idle = idle_.with([](std::vector<Owned>& all) -> Owned {
      if (all.empty()) return nullptr;
      auto last = std::move(all.back());
      all.pop_back();
      return last;
    });
    if (idle) return idle;
    return database_.connect(storage::Access::read_only);
  }

  void give_back(Owned connection) {
    idle_.with([&](std::vector<Owned>& all) { all.push_back(std::move(connection)); });
  }

  storage::Database& database_;
  Guarded<std::vector<Owned>> idle_;
};

}  // namespace parlance::search
