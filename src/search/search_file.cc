#include "search/search_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <mutex>
#include <optional>
#include <system_error>
#include <tuple>

#include "base/log.h"
#include "base/text.h"
#include "search/thread_lists.h"
#include "search/thread_tables.h"
#include "search/tokenize.h"
#include "storage/verb.h"

namespace parlance::search {

namespace {

/// To be raised whenever the schema or tokenize() changes: an index of another version is built again.
constexpr int kVersion = 2;

// The bodies are joined tokens, which the plainest tokenizer takes as they are: all folding is tokenize()'s. Sizes of
// columns would serve bm25(), whose first row costs as much as there are matches; see match.h for the score.
constexpr char kSchema[] = R"(
CREATE VIRTUAL TABLE words USING fts5(scope, body, tokenize = 'ascii', prefix = '2 3', columnsize = 0);
CREATE TABLE message_threads (message_id INTEGER PRIMARY KEY, conversation_id INTEGER NOT NULL);
CREATE TABLE tenants (id INTEGER PRIMARY KEY);
CREATE TABLE progress (
  id       INTEGER PRIMARY KEY,
  version  INTEGER NOT NULL,
  stage    INTEGER NOT NULL,
  position INTEGER NOT NULL,
  mark     TEXT    NOT NULL,
  scanned  INTEGER NOT NULL,
  thread_change INTEGER NOT NULL
);
)";

/// OPTIMIZATION: the writer changes pages all over the tables of postings and terms; with 8 MB it read most of them
/// again for every step.
constexpr int kWriterCacheBytes = 64 << 20;

constexpr std::string_view kSaveProgress =
    "INSERT OR REPLACE INTO progress (id, version, stage, position, mark, scanned, thread_change)"
    " VALUES (1, $1, $2, $3, $4, $5, $6)";

// OPTIMIZATION: REPLACE looks for what it is to replace even where nothing is there.
constexpr std::string_view kInsertWords = "INSERT INTO words (rowid, scope, body) VALUES ($1, $2, $3)";
constexpr std::string_view kReplaceWords = "INSERT OR REPLACE INTO words (rowid, scope, body) VALUES ($1, $2, $3)";
constexpr std::string_view kInsertThread = "INSERT INTO message_threads (message_id, conversation_id) VALUES ($1, $2)";
constexpr std::string_view kReplaceThread =
    "INSERT OR REPLACE INTO message_threads (message_id, conversation_id) VALUES ($1, $2)";

Result<void> save(storage::Transaction& transaction, Progress const& progress) {
  TRY(transaction.execute(kSaveProgress, {kVersion, progress.stage, progress.position.id, progress.position.mark,
                                          progress.scanned, progress.thread_change}));
  return {};
}

Progress progress_from(storage::Row const& row) {
  return {row.as<Progress::Stage>(1), {row.integer(2), std::string(row.text(3))}, row.id<MessageId>(4), row.integer(5)};
}

std::string scope_of(Change const& change) {
  return fmt::format("t{} c{}", change.tenant.value, change.conversation.value);
}

/// What is indexed of a message.
struct Indexed {
  ThreadKey thread;
  std::string body;
};

Indexed indexed_from(storage::Row const& row) {
  Indexed indexed;
  each_piece(row.text(0), ' ', [&](std::string_view piece) {
    auto const number = parse_integer(piece.substr(1)).value_or(0);
    if (piece.front() == 't')
      indexed.thread.tenant.value = number;
    else
      indexed.thread.conversation.value = number;
  });
  indexed.body = row.text(1);
  return indexed;
}

/// What the change means for the threads that the message was in and is in.
void note_changes(std::optional<Indexed> before, Change const& change, std::string const& body,
                  std::vector<ChatChange>& chats) {
  ThreadKey const thread{change.tenant, change.conversation};
  bool const is_there = static_cast<bool>(change.conversation);
  bool const stays = before && is_there && before->thread == thread;
  if (before && !stays) chats.push_back({.thread = before->thread, .chats = -1, .before = std::move(before->body)});
  if (!is_there) return;
  auto& kept = chats.emplace_back(ChatChange{thread, change.sender, change.created_at, stays ? 0 : 1, {}, body});
  if (stays) kept.before = std::move(before->body);
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
  auto const version =
      TRY(transaction.first("SELECT version FROM progress", {}, [](auto& row) { return row.integer(0); }));
  if (version != kVersion) return false;
  progress_ = TRY(transaction.one("SELECT version, stage, position, mark, scanned, thread_change FROM progress", {},
                                  progress_from));
  TRY(load_tenants(transaction));
  TRY(load_newest(transaction));
  return true;
}

Result<void> SearchFile::load_newest(storage::Transaction& transaction) {
  newest_ = {};
  return transaction.each("SELECT rowid FROM words ORDER BY rowid DESC LIMIT 1", {},
                          [&](storage::Row const& row) { newest_ = row.id<MessageId>(0); });
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
  if (created) created = writer_->script(kThreadSchema);
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
  newest_ = {};
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

/// What a power failure takes back is read from the log again, so commits need not wait for the disk. Freed pages are
/// not written over: the merges of FTS5 free as much as they write.
Result<void> SearchFile::relax() {
  return writer_->script("PRAGMA synchronous = NORMAL; PRAGMA secure_delete = FAST; PRAGMA cache_size = -" +
                         std::to_string(kWriterCacheBytes / 1024));
}

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

Result<void> SearchFile::apply(storage::Transaction& transaction, std::vector<Change> const& changes,
                               std::vector<ThreadSource> const& threads) {
  for (auto const& thread : threads) TRY(note_tenant(transaction, thread.key.tenant));
  std::vector<ChatChange> chats;
  for (auto const& change : changes) TRY(apply(transaction, change, chats));
  return ThreadWriter(transaction).write(threads, chats);
}

Result<void> SearchFile::apply(storage::Transaction& transaction, Change const& change,
                               std::vector<ChatChange>& chats) {
  std::optional<Indexed> before;
  if (change.message <= newest_)
    before = TRY(transaction.first("SELECT scope, body FROM words WHERE rowid = $1", {change.message}, indexed_from));
  bool const is_there = static_cast<bool>(change.conversation);
  auto const body = is_there ? joined_tokens(change.text) : std::string();
  bool const was_there = before.has_value();
  note_changes(std::move(before), change, body, chats);
  if (!is_there) {
    if (!was_there) return {};
    TRY(transaction.execute("DELETE FROM words WHERE rowid = $1", {change.message}));
    TRY(transaction.execute("DELETE FROM message_threads WHERE message_id = $1", {change.message}));
    return {};
  }
  TRY(note_tenant(transaction, change.tenant));
  TRY(transaction.execute(was_there ? kReplaceWords : kInsertWords, {change.message, scope_of(change), body}));
  TRY(transaction.execute(was_there ? kReplaceThread : kInsertThread, {change.message, change.conversation}));
  newest_ = std::max(newest_, change.message);
  return {};
}

Result<void> SearchFile::note_tenant(storage::Transaction& transaction, TenantId tenant) {
  if (tenants_.contains(tenant)) return {};
  TRY(transaction.execute("INSERT OR IGNORE INTO tenants (id) VALUES ($1)", {tenant}));
  tenants_.insert(tenant);
  return {};
}

Result<void> SearchFile::forget(storage::Transaction& transaction, TenantId tenant) {
  auto const scope = fmt::format("scope : \"t{}\"", tenant.value);
  TRY(transaction.execute(
      "DELETE FROM message_threads WHERE message_id IN (SELECT rowid FROM words WHERE words MATCH $1)", {scope}));
  TRY(transaction.execute("DELETE FROM words WHERE words MATCH $1", {scope}));
  TRY(ThreadWriter(transaction).forget(tenant));
  TRY(transaction.execute("DELETE FROM tenants WHERE id = $1", {tenant}));
  tenants_.erase(tenant);
  return {};
}

bool SearchFile::is_sound() {
  if (!writer_) return false;
  storage::Transaction transaction(*writer_);
  auto const pages = transaction.one("PRAGMA quick_check(1)", {}, [](auto& row) { return row.text(0) == "ok"; });
  if (!pages || !*pages) return false;
  return transaction.execute("INSERT INTO words (words) VALUES ('integrity-check')").has_value() &&
         transaction.execute("INSERT INTO thread_texts (thread_texts) VALUES ('integrity-check')").has_value();
}

std::unexpected<Error> SearchFile::unusable() { return storage::busy("the search index is not available"); }

}  // namespace parlance::search
