#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "storage/connection.h"
#include "storage/faults.h"
#include "storage/migration.h"

namespace parlance::storage {

struct DatabaseOptions {
  /// "postgres://…" or "postgresql://…" (any libpq URL), "sqlite:<file>", or a directory, which is made where it is
  /// missing and holds parlance.db.
  std::string url;

  /// How long a statement waits for a lock that somebody else holds.
  std::chrono::milliseconds busy_timeout{5000};

  /// SQLite: past this size of the WAL the writer waits for a checkpoint. 64 MiB keeps a reader's look-up in it short.
  std::int64_t wal_bound_bytes = 64 << 20;

  /// SQLite: page cache of each connection.
  std::int64_t cache_bytes = 32 << 20;

  /// PostgreSQL: how long connecting may take before it counts as unavailable; whole seconds, at least 2.
  std::chrono::seconds connect_timeout{5};
};

/// One database on one engine: makes connections. Any thread. Outlives its connections.
class Database {
 public:
  /// Opens (SQLite: makes) the database without touching the schema; see migrate().
  /// Error: invalid_argument for a URL that makes no sense, unavailable where the database cannot be reached.
  static Result<std::unique_ptr<Database>> open(DatabaseOptions options);

  Database() = default;
  Database(Database const&) = delete;
  Database& operator=(Database const&) = delete;
  virtual ~Database() = default;

  virtual Engine engine() const = 0;

  virtual Result<std::unique_ptr<Connection>> connect(Access access) = 0;

  /// The embedded migrations that have not run yet, in this engine's SQL. Errors as pending_migrations().
  Result<std::vector<Migration>> plan();

  /// Runs them. Returns how many. Errors as storage::migrate().
  Result<int> migrate();

  Faults& faults() { return faults_; }

 protected:
  Faults faults_;
};

}  // namespace parlance::storage
