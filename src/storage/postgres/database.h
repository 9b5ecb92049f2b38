#pragma once

#include <memory>
#include <utility>

#include "storage/database.h"

namespace parlance::storage::postgres {

/// A PostgreSQL database by URL. Tables live in the first schema of the search path that the URL leads to.
class PostgresDatabase final : public Database {
 public:
  /// Connects once to see whether it can.
  static Result<std::unique_ptr<Database>> open(DatabaseOptions options);

  Engine engine() const override { return Engine::postgres; }
  Result<std::unique_ptr<Connection>> connect(Access access) override;

 private:
  explicit PostgresDatabase(DatabaseOptions options) : options_(std::move(options)) {}

  DatabaseOptions options_;
};

}  // namespace parlance::storage::postgres
