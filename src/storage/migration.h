#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "storage/connection.h"

namespace parlance::storage {

/// One file of storage/migrations/, as it was written: `NNNN_name.sql`.
struct MigrationSource {
  int version = 0;
  std::string_view name;
  std::string_view sql;
};

/// One migration in an engine's own SQL.
struct Migration {
  int version = 0;
  std::string name;
  std::string sql;
};

/// The files of storage/migrations/ by ascending version, embedded at build time.
std::span<MigrationSource const> embedded_migrations();

/// The engine's own SQL. Outside of quotes and comments, `@id` stands for a key that the engine numbers and never
/// reuses, `@rowid` for one that it numbers, `@bytes` for the type of octets. After a line that starts with
/// `-- @sqlite` or `-- @postgres` the statements are that engine's alone, until a line `-- @both`.
/// Error: internal, naming the macro, where there is no such macro.
Result<std::string> expand_macros(std::string_view sql, Engine engine);

/// What migrate() would run, in order. Writes nothing. Error: conflict where the database is newer than `known`, the
/// message naming both versions and what to do.
Result<std::vector<Migration>> pending_migrations(Connection& connection, std::span<MigrationSource const> known);

/// Runs what is pending, each migration in a transaction of its own, and records it in table schema_migration. Waits
/// for another process that is migrating the same database. Returns how many ran.
/// Error: conflict as above; otherwise what the failing migration said, those before it being kept.
Result<int> migrate(Connection& connection, std::span<MigrationSource const> known);

}  // namespace parlance::storage
