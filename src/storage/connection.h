#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "storage/param.h"
#include "storage/row.h"

namespace parlance::storage {

enum class Engine { sqlite, postgres };

/// What a connection is opened for. A read_only connection refuses every write, and each of its transactions sees one
/// snapshot.
enum class Access { read_only, read_write };

/// Where a connection stands after a failure.
enum class Condition {
  healthy,    ///< whatever failed left the transaction usable
  aborted,    ///< the transaction takes no more statements until it is rolled back, wholly or to a savepoint
  contended,  ///< aborted by a deadlock or a serialization conflict: running it again may well succeed
  ended,      ///< the engine has rolled the whole transaction back by itself
  lost,       ///< no connection any more: reconnect() first
};

/// One connection to one engine, for one thread at a time. Statements are prepared once per SQL text and cached.
///
/// SQL is written once for both engines: parameters are `$1`, `$2`…, in any order and repeated at will, no casts
/// with `::`, no NUL in texts (invalid_argument).
///
/// Errors of every function: conflict "unique" (unique or primary key), conflict "constraint" (foreign key, check),
/// unavailable (disk full, I/O error, lost connection, lock timeout, deadlock), internal for the rest, logged with
/// the SQL.
class Connection {
 public:
  Connection() = default;
  Connection(Connection const&) = delete;
  Connection& operator=(Connection const&) = delete;
  virtual ~Connection() = default;

  virtual Engine engine() const = 0;

  /// Runs one statement, hands each row of its result to `visit`, and returns how many rows it changed (0 for a
  /// query). A statement that writes runs to its end even where `visit` returns false.
  virtual Result<std::int64_t> run(std::string_view sql, std::span<Param const> params, RowVisitor visit) = 0;

  /// Runs a writing statement whose outcome nobody needs, perhaps later: in the order of the calls, and at the latest
  /// before the next result, savepoint, release or commit. An error of it may be that of any of these instead, and the
  /// condition is healthy until then.
  virtual Result<void> post(std::string_view sql, std::span<Param const> params) = 0;

  /// Runs an INSERT of one row, without RETURNING, into a table with an integer `id`, and returns the row's.
  virtual Result<std::int64_t> insert(std::string_view sql, std::span<Param const> params) = 0;

  /// Runs any number of statements without parameters, such as a migration.
  virtual Result<void> script(std::string const& sql) = 0;

  virtual Result<void> begin() = 0;

  /// Durable once this has succeeded. On failure the transaction is rolled back, except that the outcome is unknown
  /// where the connection was lost meanwhile; both answer unavailable. Fails by what was posted with its error.
  virtual Result<void> commit() = 0;

  /// Never fails: what cannot be rolled back is lost with the connection.
  virtual void rollback() = 0;

  /// Savepoints nest; release and rollback_to mean the innermost. rollback_to also ends it.
  virtual Result<void> savepoint() = 0;
  virtual Result<void> release() = 0;
  virtual Result<void> rollback_to() = 0;

  virtual Condition condition() const = 0;

  /// Gives up the old connection, with any transaction on it, and makes a new one.
  virtual Result<void> reconnect() = 0;

  /// How many writing statements have succeeded, or were posted, so far.
  std::uint64_t writes() const { return writes_; }

 protected:
  std::uint64_t writes_ = 0;
};

}  // namespace parlance::storage
