#pragma once

#include <libpq-fe.h>

#include <cstdint>
#include <memory>
#include <string>

#include "storage/connection.h"
#include "storage/database.h"
#include "storage/postgres/errors.h"
#include "storage/postgres/parameters.h"
#include "storage/postgres/pipeline.h"
#include "storage/statement_cache.h"

namespace parlance::storage::postgres {

/// Waits for the server only where somebody needs the answer: BEGIN, SAVEPOINT, ROLLBACK and what is posted go out with
/// the next statement that does. Until their answers are read, condition() takes them for successful.
class PostgresConnection final : public Connection {
 public:
  static Result<std::unique_ptr<Connection>> open(DatabaseOptions const& options, Faults& faults, Access access);

  Engine engine() const override { return Engine::postgres; }
  Result<std::int64_t> run(std::string_view sql, std::span<Param const> params, RowVisitor visit) override;
  Result<void> post(std::string_view sql, std::span<Param const> params) override;
  Result<std::int64_t> insert(std::string_view sql, std::span<Param const> params) override;
  Result<void> script(std::string const& sql) override;
  Result<void> begin() override;
  Result<void> commit() override;
  void rollback() override;
  Result<void> savepoint() override;
  Result<void> release() override;
  Result<void> rollback_to() override;
  Condition condition() const override;
  Result<void> reconnect() override;

 private:
  struct Statement {
    std::string name;  // on the server
    std::string_view sql;
    bool writes = false;
  };
  struct Finish {
    void operator()(PGconn* connection) const { PQfinish(connection); }
  };

  PostgresConnection(DatabaseOptions const& options, Faults& faults, Access access)
      : options_(options), faults_(faults), access_(access) {}

  /// The statement for this SQL and the types in parameters_. Waits for the server the first time.
  Result<Statement const*> prepare(std::string_view sql);
  /// Sends it without waiting.
  Result<Statement const*> send(std::string_view sql, std::span<Param const> params);
  Result<void> send(char const* sql);
  /// Waits for all that is outstanding and returns the last answer, or the first error.
  Result<Answer> settle();
  Result<Answer> control(char const* sql);
  std::unexpected<Error> failure(PGresult const* result, std::string_view sql);
  std::string setup() const;

  DatabaseOptions const& options_;
  Faults& faults_;
  Access access_;
  std::unique_ptr<PGconn, Finish> connection_;
  Pipeline pipeline_;
  StatementCache<Statement> statements_{512};
  Parameters parameters_;
  std::string key_;  // of the statement cache; kept for its memory
  std::uint64_t names_ = 0;
  bool contended_ = false;
  bool lost_ = false;
};

}  // namespace parlance::storage::postgres
