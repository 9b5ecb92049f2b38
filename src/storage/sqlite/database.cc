#include "storage/sqlite/database.h"

#include <utility>

#include "storage/sqlite/connection.h"

namespace parlance::storage::sqlite {
namespace {

/// OPTIMIZATION: SQLite's memory statistics put every allocation of every thread under one mutex. Only possible
/// before SQLite's first use; without effect afterwards.
void switch_memory_statistics_off() {
  [[maybe_unused]] static int const once = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

}  // namespace

Result<std::unique_ptr<Database>> SqliteDatabase::open(std::string path, DatabaseOptions options) {
  switch_memory_statistics_off();
  sqlite3_initialize();
  auto database = std::unique_ptr<SqliteDatabase>(new SqliteDatabase(std::move(path), std::move(options)));
  // Not through the faults: which of two threads meets the next failing fsync would be a matter of luck.
  auto handle = TRY(open_handle(database->path_, nullptr, database->options_));
  database->checkpointer_ = std::make_unique<Checkpointer>(std::move(handle), database->options_.wal_bound_bytes);
  return database;
}

Result<std::unique_ptr<Connection>> SqliteDatabase::connect(Access access) {
  return SqliteConnection::open({path_, vfs_.name(), options_, faults_, *checkpointer_}, access);
}

}  // namespace parlance::storage::sqlite
