#include "storage/database.h"

#include <filesystem>
#include <system_error>
#include <utility>

#include "storage/postgres/database.h"
#include "storage/sqlite/database.h"

namespace parlance::storage {
namespace {

/// The file that a directory's database lives in; makes the directory.
Result<std::string> file_in(std::string const& directory) {
  std::error_code failed;
  std::filesystem::create_directories(directory, failed);
  if (failed) return fail(Errc::unavailable, "the data directory cannot be made: " + failed.message());
  return (std::filesystem::path(directory) / "parlance.db").string();
}

}  // namespace

Result<std::unique_ptr<Database>> Database::open(DatabaseOptions options) {
  static constexpr std::string_view kFile = "sqlite:";
  auto const& url = options.url;
  if (url.starts_with("postgres://") || url.starts_with("postgresql://"))
    return postgres::PostgresDatabase::open(std::move(options));
  if (url.empty() || url == kFile) return invalid("database", "the database needs a URL, a file or a directory");
  if (!url.starts_with(kFile) && url.contains("://")) return invalid("database", "unknown kind of database URL");
  auto path = url.starts_with(kFile) ? url.substr(kFile.size()) : TRY(file_in(url));
  return sqlite::SqliteDatabase::open(std::move(path), std::move(options));
}

Result<std::vector<Migration>> Database::plan() {
  auto const connection = TRY(connect(Access::read_only));
  return pending_migrations(*connection, embedded_migrations());
}

Result<int> Database::migrate() {
  auto const connection = TRY(connect(Access::read_write));
  return storage::migrate(*connection, embedded_migrations());
}

}  // namespace parlance::storage
