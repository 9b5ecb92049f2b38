#include "storage/sqlite/connection.h"

#include <unistd.h>

#include <optional>
#include <utility>

#include "storage/sqlite/errors.h"
#include "storage/verb.h"

namespace parlance::storage::sqlite {
namespace {

constexpr unsigned kBusyPauseMicros = 500;

/// SQLite's own waits grow to 100 ms, far longer than anybody here holds the lock.
int wait_for_lock(void* timeout_micros, int count) {
  if (static_cast<std::uintptr_t>(count) * kBusyPauseMicros >= reinterpret_cast<std::uintptr_t>(timeout_micros))
    return 0;
  usleep(kBusyPauseMicros);
  return 1;
}

int note_commit(void* checkpointer, sqlite3*, char const*, int pages) {
  static_cast<Checkpointer*>(checkpointer)->committed(pages);
  return SQLITE_OK;
}

std::string pragmas(DatabaseOptions const& options) {
  // No mmap: a failing disk would be a SIGBUS instead of an error.
  return "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY;"
         "PRAGMA wal_autocheckpoint = 0; PRAGMA cache_size = -" +
         std::to_string(options.cache_bytes / 1024) +
         "; PRAGMA journal_size_limit = " + std::to_string(options.wal_bound_bytes) + ";";
}

}  // namespace

Result<Handle> open_handle(std::string const& path, char const* vfs, DatabaseOptions const& options) {
  sqlite3* opened = nullptr;
  auto const flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
  auto code = sqlite3_open_v2(path.c_str(), &opened, flags, vfs);
  Handle handle(opened);
  if (code == SQLITE_OK) {
    auto const micros = std::chrono::microseconds(options.busy_timeout).count();
    sqlite3_busy_handler(opened, wait_for_lock, reinterpret_cast<void*>(micros));
    code = sqlite3_exec(opened, pragmas(options).c_str(), nullptr, nullptr, nullptr);
  }
  if (code != SQLITE_OK) return std::unexpected(error_of(opened, code, "opening the database"));
  return handle;
}

/// A statement in use: reset at the end, and back in the cache or, where it is a second copy of a busy one, gone.
class SqliteConnection::Use {
 public:
  explicit Use(Cache::Entry* entry) : entry_(entry) { entry_->busy = true; }
  explicit Use(Statement own) : own_(std::move(own)) {}
  Use(Use&& other) noexcept : entry_(std::exchange(other.entry_, nullptr)), own_(std::move(other.own_)) {}
  Use& operator=(Use&&) = delete;
  ~Use() {
    if (!entry_) return;
    sqlite3_reset(entry_->statement.get());
    entry_->busy = false;
  }

  Statement const& operator*() const { return entry_ ? entry_->statement : *own_; }
  Statement const* operator->() const { return &**this; }

 private:
  Cache::Entry* entry_ = nullptr;
  std::optional<Statement> own_;
};

Result<std::unique_ptr<Connection>> SqliteConnection::open(Settings settings, Access access) {
  auto connection = std::unique_ptr<SqliteConnection>(new SqliteConnection(settings, access));
  TRY(connection->reconnect());
  return connection;
}

Result<void> SqliteConnection::reconnect() {
  statements_.clear();
  handle_.reset();
  in_transaction_ = false;
  handle_ = TRY(open_handle(settings_.path, settings_.vfs, settings_.options));
  sqlite3_wal_hook(handle_.get(), note_commit, &settings_.checkpointer);
  if (access_ == Access::read_only) TRY(script("PRAGMA query_only = ON"));
  lost_ = false;
  return {};
}

Condition SqliteConnection::condition() const {
  if (lost_ || !handle_) return Condition::lost;
  return in_transaction_ && sqlite3_get_autocommit(handle_.get()) ? Condition::ended : Condition::healthy;
}

Result<SqliteConnection::Use> SqliteConnection::use(std::string_view sql) {
  if (!handle_) return busy("the database is not available");
  auto const found = statements_.find(sql);
  if (found && !found->busy) return Use(found);
  auto prepared = Statement::prepare(handle_.get(), sql);
  if (!prepared) return std::unexpected(std::move(prepared).error());
  if (found) return Use(*std::move(prepared));
  return Use(statements_.insert(std::string(sql), *std::move(prepared), [](Statement&) {}));
}

Result<std::int64_t> SqliteConnection::run(std::string_view sql, std::span<Param const> params, RowVisitor visit) {
  TRY(check_texts(params));
  auto const statement = TRY(use(sql));
  if (auto const code = statement->bind(params); code != SQLITE_OK) return failure(code, sql);
  StatementRow const row(statement->get());
  bool wants_more = true;
  int code = SQLITE_DONE;
  while ((wants_more || statement->writes()) && (code = sqlite3_step(statement->get())) == SQLITE_ROW)
    if (wants_more) wants_more = visit(row);
  if (code != SQLITE_DONE && code != SQLITE_ROW) return failure(code, sql);
  if (!statement->writes()) return 0;
  ++writes_;
  return sqlite3_changes64(handle_.get());
}

Result<void> SqliteConnection::post(std::string_view sql, std::span<Param const> params) {
  auto ignore = [](Row const&) { return false; };
  TRY(run(sql, params, ignore));
  return {};
}

/// OPTIMIZATION: for RETURNING, SQLite makes and drops a temporary table each time. Without it here and in ChangedRow,
/// a send takes the lane 13 µs instead of 16.
Result<std::int64_t> SqliteConnection::insert(std::string_view sql, std::span<Param const> params) {
  auto ignore = [](Row const&) { return false; };
  TRY(run(sql, params, ignore));
  return sqlite3_last_insert_rowid(handle_.get());
}

Result<void> SqliteConnection::script(std::string const& sql) {
  if (!handle_) return busy("the database is not available");
  auto const code = sqlite3_exec(handle_.get(), sql.c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) return failure(code, sql);
  ++writes_;
  return {};
}

Result<void> SqliteConnection::control(std::string_view sql) {
  auto const statement = TRY(use(sql));
  auto const code = sqlite3_step(statement->get());
  if (code != SQLITE_DONE) return failure(code, sql);
  return {};
}

std::unexpected<Error> SqliteConnection::failure(int code, std::string_view sql) {
  // After an I/O error nobody knows what the pager's cache is worth.
  if ((code & 0xff) == SQLITE_IOERR) lost_ = true;
  return std::unexpected(error_of(code == SQLITE_RANGE ? nullptr : handle_.get(), code, sql));
}

Result<void> SqliteConnection::begin() {
  if (access_ == Access::read_write) settings_.checkpointer.give_way();
  TRY(control(access_ == Access::read_write ? "BEGIN IMMEDIATE" : "BEGIN"));
  in_transaction_ = true;
  return {};
}

Result<void> SqliteConnection::commit() {
  if (settings_.faults.take_commit()) {
    rollback();
    return busy("the commit failed");
  }
  auto committed = control("COMMIT");
  if (committed)
    in_transaction_ = false;
  else
    rollback();
  return committed;
}

void SqliteConnection::rollback() {
  in_transaction_ = false;
  if (!handle_ || sqlite3_get_autocommit(handle_.get())) return;
  if (!control("ROLLBACK")) lost_ = true;
}

Result<void> SqliteConnection::rollback_to() {
  TRY(control("ROLLBACK TO verb"));
  return release();
}

}  // namespace parlance::storage::sqlite
