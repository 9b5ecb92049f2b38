// The limit that durable sends are measured against: what plain SQLite does on this disk, by the C API alone, in one
// thread, when each message is three statements (its row, an outbox row, the conversation's counter), `batch` of them
// to a commit, WAL and synchronous=FULL, each into any of CONVERSATIONS. Prints messages a second.
//
//   bench_raw_commit DIRECTORY BATCH SECONDS CONVERSATIONS

#include <fmt/format.h>
#include <sqlite3.h>

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "base/log.h"
#include "storage/database.h"

namespace {

constexpr std::string_view kText =
    "Two hundred bytes of text stand for a chat message of the usual length: a sentence or two, a question, perhaps an "
    "answer, and now and then a link to something that somebody else has already posted in the room.";

class Database {
 public:
  Database(std::string const& path, std::size_t conversations) : seqs_(conversations) {
    check(sqlite3_open(path.c_str(), &handle_));
    run("PRAGMA journal_mode=WAL");
    run("PRAGMA synchronous=FULL");
    run("INSERT INTO tenants (id, name, rate_limit, realtime_secret, created_at) VALUES (1, 'raw', 0, '', 0)");
    run(fmt::format("WITH RECURSIVE n (id) AS (VALUES (1) UNION ALL SELECT id + 1 FROM n WHERE id < {}) INSERT INTO"
                    " conversations (id, tenant_id, space_id, kind, access, epoch, created_by, created_at, updated_at)"
                    " SELECT id, 1, 1, 1, 0, 1, 7, 0, 0 FROM n",
                    conversations)
            .c_str());
    message_ = prepare(
        "INSERT INTO messages (tenant_id, conversation_id, seq, added_offset, sender_id, text, style, marks, meta,"
        " reply_to, parts, created_at) VALUES (1, ?4, ?1, ?1, 7, ?2, 0, '', '', 0, 0, ?3)");
    event_ = prepare(
        "INSERT INTO events (tenant_id, conversation_id, position, kind, message_id, seq, actor_id, created_at)"
        " VALUES (1, ?4, ?1, 1, ?2, ?1, 7, ?3)");
    counters_ = prepare(
        "UPDATE conversations SET last_seq = ?1, last_offset = ?1, last_message_at = ?3 WHERE tenant_id = 1 AND id = "
        "?4");
  }
  ~Database() {
    for (auto* statement : {message_, event_, counters_}) sqlite3_finalize(statement);
    sqlite3_close(handle_);
  }
  Database(Database const&) = delete;
  Database& operator=(Database const&) = delete;

  void commit_batch(int size) {
    run("BEGIN IMMEDIATE");
    for (int i = 0; i < size; ++i) insert();
    run("COMMIT");
  }

 private:
  static void check(int code) {
    if (code == SQLITE_OK || code == SQLITE_DONE || code == SQLITE_ROW) return;
    fmt::print(stderr, "sqlite: {}\n", sqlite3_errstr(code));
    std::exit(1);
  }

  void run(char const* sql) { check(sqlite3_exec(handle_, sql, nullptr, nullptr, nullptr)); }

  sqlite3_stmt* prepare(char const* sql) {
    sqlite3_stmt* statement = nullptr;
    check(sqlite3_prepare_v2(handle_, sql, -1, &statement, nullptr));
    return statement;
  }

  static void step(sqlite3_stmt* statement) {
    check(sqlite3_step(statement));
    sqlite3_reset(statement);
  }

  void insert() {
    auto const place = random_() % seqs_.size();
    auto const conversation = static_cast<std::int64_t>(place) + 1;
    auto const seq = ++seqs_[place];
    auto const now = std::chrono::system_clock::now().time_since_epoch().count() / 1000;
    sqlite3_bind_int64(message_, 1, seq);
    sqlite3_bind_int64(message_, 4, conversation);
    sqlite3_bind_text(message_, 2, kText.data(), static_cast<int>(kText.size()), SQLITE_STATIC);
    sqlite3_bind_int64(message_, 3, now);
    step(message_);
    sqlite3_bind_int64(event_, 1, seq);
    sqlite3_bind_int64(event_, 4, conversation);
    sqlite3_bind_int64(event_, 2, sqlite3_last_insert_rowid(handle_));
    sqlite3_bind_int64(event_, 3, now);
    step(event_);
    sqlite3_bind_int64(counters_, 1, seq);
    sqlite3_bind_int64(counters_, 4, conversation);
    sqlite3_bind_int64(counters_, 3, now);
    step(counters_);
  }

  sqlite3* handle_ = nullptr;
  sqlite3_stmt* message_ = nullptr;
  sqlite3_stmt* event_ = nullptr;
  sqlite3_stmt* counters_ = nullptr;
  std::vector<std::int64_t> seqs_;  // of each conversation
  std::minstd_rand random_;
};

/// The server's own migrations.
void make_schema(std::string const& directory) {
  if (!parlance::log::start("error", parlance::log::Format::text)) std::exit(1);
  auto const database = parlance::storage::Database::open({.url = directory});
  if (!database || !(*database)->migrate()) {
    fmt::print(stderr, "cannot make a database in {}\n", directory);
    std::exit(1);
  }
}

}  // namespace

int main(int count, char** words) {
  int const conversations = count == 5 ? std::atoi(words[4]) : 0;
  if (conversations < 1) {
    fmt::print(stderr, "usage: bench_raw_commit DIRECTORY BATCH SECONDS CONVERSATIONS\n");
    return 2;
  }
  auto const directory = std::filesystem::path(words[1]);
  int const batch = std::atoi(words[2]);
  auto const limit = std::chrono::duration<double>(std::atof(words[3]));
  std::filesystem::create_directories(directory);
  make_schema(directory.string());
  Database database((directory / "parlance.db").string(), static_cast<std::size_t>(conversations));
  auto const start = std::chrono::steady_clock::now();
  std::int64_t messages = 0;
  std::chrono::duration<double> elapsed{};
  while (elapsed < limit) {
    database.commit_batch(batch);
    messages += batch;
    elapsed = std::chrono::steady_clock::now() - start;
  }
  fmt::print("{:.0f}\n", static_cast<double>(messages) / elapsed.count());
  return 0;
}
