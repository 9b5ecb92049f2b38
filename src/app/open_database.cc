#include "app/open_database.h"

#include <fmt/format.h>

namespace parlance::app {
namespace {

std::unexpected<Error> explained(Config const& config, Error error) {
  if (config.database.empty()) {
    error.message = fmt::format(
        "the database in {} cannot be opened: {}; is the directory writable? --data DIR names "
        "another one",
        config.data, error.message);
  } else {
    error.message = fmt::format("the database cannot be opened: {}; see --database", error.message);
  }
  return std::unexpected(std::move(error));
}

}  // namespace

Result<std::unique_ptr<storage::Database>> open_database(Config const& config) {
  storage::DatabaseOptions options;
  options.url = config.database.empty() ? config.data : config.database;
  auto database = storage::Database::open(std::move(options));
  if (!database) return explained(config, std::move(database).error());
  return database;
}

Result<std::unique_ptr<storage::Database>> open_migrated_database(Config const& config) {
  auto database = TRY(open_database(config));
  auto migrated = database->migrate();
  if (migrated) return database;
  // A conflict is a newer schema, and says itself what to do.
  if (migrated.error().code == Errc::conflict) return std::unexpected(std::move(migrated).error());
  return explained(config, std::move(migrated).error());
}

Result<LocalDatabase> LocalDatabase::open(Config const& config) {
  LocalDatabase local;
  local.database = TRY(open_migrated_database(config));
  local.lanes = TRY(storage::WriteLanes::open(*local.database, {.lanes = 1}));
  return local;
}

}  // namespace parlance::app
