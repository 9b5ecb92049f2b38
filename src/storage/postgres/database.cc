#include "storage/postgres/database.h"

#include "storage/postgres/connection.h"

namespace parlance::storage::postgres {

Result<std::unique_ptr<Database>> PostgresDatabase::open(DatabaseOptions options) {
  auto database = std::unique_ptr<PostgresDatabase>(new PostgresDatabase(std::move(options)));
  TRY(database->connect(Access::read_only));
  return database;
}

Result<std::unique_ptr<Connection>> PostgresDatabase::connect(Access access) {
  return PostgresConnection::open(options_, faults_, access);
}

}  // namespace parlance::storage::postgres
