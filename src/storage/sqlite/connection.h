#pragma once

#include <memory>
#include <string>

#include "storage/connection.h"
#include "storage/database.h"
#include "storage/sqlite/checkpointer.h"
#include "storage/sqlite/statement.h"
#include "storage/statement_cache.h"

namespace parlance::storage::sqlite {

/// Opens a handle with WAL, synchronous=FULL and the other settings that every connection has.
/// `vfs` may be null for the default.
Result<Handle> open_handle(std::string const& path, char const* vfs, DatabaseOptions const& options);

/// What the connections of a database share; outlives them.
struct Settings {
  std::string path;
  char const* vfs = nullptr;
  DatabaseOptions const& options;
  Faults& faults;
  Checkpointer& checkpointer;
};

class SqliteConnection final : public Connection {
 public:
  static Result<std::unique_ptr<Connection>> open(Settings settings, Access access);

  Engine engine() const override { return Engine::sqlite; }
  Result<std::int64_t> run(std::string_view sql, std::span<Param const> params, RowVisitor visit) override;
  Result<void> post(std::string_view sql, std::span<Param const> params) override;
  Result<std::int64_t> insert(std::string_view sql, std::span<Param const> params) override;
  Result<void> script(std::string const& sql) override;
  Result<void> begin() override;
  Result<void> commit() override;
  void rollback() override;
  Result<void> savepoint() override { return control("SAVEPOINT verb"); }
  Result<void> release() override { return control("RELEASE verb"); }
  Result<void> rollback_to() override;
  Condition condition() const override;
  Result<void> reconnect() override;

 private:
  using Cache = StatementCache<Statement>;
  class Use;

  SqliteConnection(Settings settings, Access access) : settings_(settings), access_(access) {}

  Result<Use> use(std::string_view sql);
  Result<void> control(std::string_view sql);
  std::unexpected<Error> failure(int code, std::string_view sql);

  Settings settings_;
  Access access_;
  Handle handle_;  // before the statements, which must go first
  Cache statements_{512};
  bool in_transaction_ = false;
  bool lost_ = false;
};

}  // namespace parlance::storage::sqlite
