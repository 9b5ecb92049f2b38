#include "search/search_file.h"

#include <fmt/format.h>

#include <filesystem>
#include <mutex>
#include <system_error>
#include <tuple>

#include "base/log.h"
#include "search/tokenize.h"
#include "storage/verb.h"

namespace parlance::search {

namespace {

/// To be raised whenever the schema or tokenize() changes: an index of another version is built again.
constexpr int kVersion = 1;

// The bodies are joined tokens, which the plainest tokenizer takes as they are: all folding is tokenize()'s. Sizes of
// columns would serve bm25(), whose first row costs as much as there are matches; see match.h for the score.
constexpr char kSchema[] = R"(
CREATE VIRTUAL TABLE words USING fts5(scope, body, tokenize = 'ascii', prefix = '2 3', columnsize = 0);
CREATE TABLE tenants (id INTEGER PRIMARY KEY);
CREATE TABLE progress (
  id       INTEGER PRIMARY KEY,
  version  INTEGER NOT NULL,
  stage    INTEGER NOT NULL,
  position INTEGER NOT NULL,
  mark     TEXT    NOT NULL,
  scanned  INTEGER NOT NULL
);
)";

constexpr std::string_view kSaveProgress =
    "INSERT OR REPLACE INTO progress (id, version, stage, position, mark, scanned) VALUES (1, $1, $2, $3, $4, $5)";

Result<void> save(storage::Transaction& transaction, Progress const& progress) {
  TRY(transaction.execute(kSaveProgress,
                          {kVersion, progress.stage, progress.position.id, progress.position.mark, progress.scanned}));
  return {};
}

Progress progress_from(storage::Row const& row) {
  return {row.as<Progress::Stage>(1), {row.integer(2), std::string(row.text(3))}, row.id<MessageId>(4)};
}

}  // namespace

Result<std::unique_ptr<SearchFile>> SearchFile::open(std::string path) {
  auto file = std::unique_ptr<SearchFile>(new SearchFile(std::move(path)));
  std::error_code ignored;
  bool const is_new = !std::filesystem::exists(file->path_, ignored);
  auto opened = file->open_database();
  auto const loaded = opened ? file->load() : std::unexpected(opened.error());
  if (loaded && *loaded) return file;
  if (!loaded && loaded.error().code == Errc::unavailable) return std::unexpected(loaded.error());
  if (!is_new) log::warn("search.db is damaged or of another version and is built again");
  TRY(file->reset());
  return file;
}

Result<void> SearchFile::open_database() {
  storage::DatabaseOptions options;
  options.url = "sqlite:" + path_;
  options.cache_bytes = 8 << 20;
  database_ = TRY(storage::Database::open(std::move(options)));
  writer_ = TRY(database_->connect(storage::Access::read_write));
  TRY(relax());
  readers_ = std::make_unique<ConnectionPool>(*database_);
  return {};
}

/// Reads where the file stands; false where it is not one of this version.
Result<bool> SearchFile::load() {
  storage::Transaction transaction(*writer_);
  auto const tables = TRY(transaction.one("SELECT COUNT(*) FROM sqlite_master WHERE name = 'progress'", {},
                                          [](auto& row) { return row.integer(0); }));
  if (tables == 0) return false;
  auto const found =
      TRY(transaction.first("SELECT version, stage, position, mark, scanned FROM progress", {},
                            [](storage::Row const& row) { return std::pair(row.integer(0), progress_from(row)); }));
  if (!found || found->first != kVersion) return false;
  progress_ = found->second;
  TRY(load_tenants(transaction));
  return true;
}

Result<void> SearchFile::load_tenants(storage::Transaction& transaction) {
  tenants_.clear();
  return transaction.each("SELECT id FROM tenants", {},
                          [&](storage::Row const& row) { tenants_.insert(row.id<TenantId>(0)); });
}

Result<void> SearchFile::create() {
  TRY(writer_->begin());
  storage::Transaction transaction(*writer_);
  auto created = writer_->script(kSchema);
  if (created) created = save(transaction, {});
  if (created) return writer_->commit();
  writer_->rollback();
  return created;
}

Result<void> SearchFile::reset() {
  std::unique_lock lock(mutex_);
  readers_.reset();
  writer_.reset();
  database_.reset();
  progress_ = {};
  tenants_.clear();
  for (auto const* suffix : {"", "-wal", "-shm"}) {
    std::error_code error;
    std::filesystem::remove(path_ + suffix, error);
    if (error) return storage::busy("the search index cannot be removed");
  }
  TRY(open_database());
  return create();
}

Result<void> SearchFile::begin() {
  if (!writer_) return unusable();
  if (writer_->condition() == storage::Condition::lost) {
    TRY(writer_->reconnect());
    TRY(relax());
  }
  return writer_->begin();
}

/// What a power failure takes back is read from the log again, so commits need not wait for the disk.
Result<void> SearchFile::relax() { return writer_->script("PRAGMA synchronous = NORMAL"); }

Result<void> SearchFile::end(storage::Transaction& transaction, Progress progress, Result<void> outcome) {
  if (outcome) outcome = save(transaction, progress);
  if (!outcome) writer_->rollback();
  if (outcome) outcome = writer_->commit();
  if (!outcome) {
    // apply() and forget() have been undone.
    std::ignore = load_tenants(transaction);
    return outcome;
  }
  progress_ = std::move(progress);
  return {};
}

Result<void> SearchFile::apply(storage::Transaction& transaction, Change const& change) {
  auto const body = join(tokenize(change.text));
  if (body.empty()) {
    TRY(transaction.execute("DELETE FROM words WHERE rowid = $1", {change.message}));
    return {};
  }
  if (!tenants_.contains(change.tenant)) {
    TRY(transaction.execute("INSERT OR IGNORE INTO tenants (id) VALUES ($1)", {change.tenant}));
    tenants_.insert(change.tenant);
  }
  auto const scope = fmt::format("t{} c{}", change.tenant.value, change.conversation.value);
  TRY(transaction.execute("INSERT OR REPLACE INTO words (rowid, scope, body) VALUES ($1, $2, $3)",
                          {change.message, scope, body}));
  return {};
}

Result<void> SearchFile::forget(storage::Transaction& transaction, TenantId tenant) {
  auto const scope = fmt::format("scope : \"t{}\"", tenant.value);
  TRY(transaction.execute("DELETE FROM words WHERE words MATCH $1", {scope}));
  TRY(transaction.execute("DELETE FROM tenants WHERE id = $1", {tenant}));
  tenants_.erase(tenant);
  return {};
}

bool SearchFile::is_sound() {
  if (!writer_) return false;
  storage::Transaction transaction(*writer_);
  auto const pages = transaction.one("PRAGMA quick_check(1)", {}, [](auto& row) { return row.text(0) == "ok"; });
  if (!pages || !*pages) return false;
  return transaction.execute("INSERT INTO words (words) VALUES ('integrity-check')").has_value();
}

std::unexpected<Error> SearchFile::unusable() { return storage::busy("the search index is not available"); }

}  // namespace parlance::search
