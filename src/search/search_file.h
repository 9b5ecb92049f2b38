#pragma once

#include <memory>
#include <set>
#include <shared_mutex>
#include <string>
#include <utility>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "search/change.h"
#include "search/connection_pool.h"
#include "search/log_reader.h"
#include "search/thread_writer.h"
#include "storage/database.h"
#include "storage/transaction.h"

namespace parlance::search {

/// How far an index file has come.
struct Progress {
  enum class Stage {
    empty,      ///< nothing was done yet
    scanning,   ///< the messages up to `scanned` are in, by their ids
    following,  ///< all messages are in, and the events up to `position`
  };

  Stage stage = Stage::empty;
  Position position;
  MessageId scanned;
  std::int64_t thread_change = 0;  ///< the rows of thread_changes up to this one are in, at every stage
};

/// search.db: the tokens of all messages in an FTS5 table, and how far they go, in one file that may be lost at any
/// time: it is made again. Tables: words (scope, body), by the message's id, where scope holds "t<tenant>
/// c<conversation>"; message_threads, where a message lies, for whoever has many to ask for; tenants (id), those that
/// ever had a message in it; progress; and those of thread_tables.h.
class SearchFile {
 public:
  /// Opens the file; makes it anew where it is missing, damaged or of another version. Error: unavailable where that
  /// cannot be done.
  static Result<std::unique_ptr<SearchFile>> open(std::string path);

  /// False where reset() has failed: to be called again. Writer's thread.
  bool is_open() const { return writer_ != nullptr; }

  /// As of the last commit. Writer's thread.
  Progress const& progress() const { return progress_; }
  std::set<TenantId> const& tenants() const { return tenants_; }

  /// Runs `action(transaction)` and commits it together with the progress. A power failure may take the newest commits
  /// back, but whole ones only. Writer's thread.
  template <typename Action>
  Result<void> write(Progress progress, Action action) {
    TRY(begin());
    storage::Transaction transaction(*writer_);
    return end(transaction, std::move(progress), action(transaction));
  }

  /// Puts in, replaces or takes out what is indexed of messages and of threads. Within write().
  Result<void> apply(storage::Transaction& transaction, std::vector<Change> const& changes,
                     std::vector<ThreadSource> const& threads);

  /// Takes out all that is of a tenant. Within write().
  Result<void> forget(storage::Transaction& transaction, TenantId tenant);

  /// Runs `action(connection)` on a snapshot. Any thread.
  template <typename Action>
  auto read(Action action) -> std::invoke_result_t<Action&, storage::Connection&> {
    std::shared_lock lock(mutex_);
    if (!readers_) return unusable();
    return readers_->read(std::move(action));
  }

  /// Whether the index is free of damage; reads all of it. Writer's thread.
  bool is_sound();

  /// Deletes the file and begins an empty one. Waits for the readers. Writer's thread.
  Result<void> reset();

 private:
  explicit SearchFile(std::string path) : path_(std::move(path)) {}

  Result<void> open_database();
  Result<void> relax();
  Result<bool> load();
  Result<void> load_tenants(storage::Transaction& transaction);
  Result<void> load_newest(storage::Transaction& transaction);
  Result<void> apply(storage::Transaction& transaction, Change const& change, std::vector<ChatChange>& chats);
  Result<void> note_tenant(storage::Transaction& transaction, TenantId tenant);
  Result<void> create();
  Result<void> begin();
  Result<void> end(storage::Transaction& transaction, Progress progress, Result<void> outcome);
  static std::unexpected<Error> unusable();

  std::string path_;
  std::shared_mutex mutex_;  // the file itself: taken alone only by reset()
  std::unique_ptr<storage::Database> database_;
  std::unique_ptr<storage::Connection> writer_;
  std::unique_ptr<ConnectionPool> readers_;
  Progress progress_;
  std::set<TenantId> tenants_;
  MessageId newest_;  // none after it is in the file; it may be none itself
};

}  // namespace parlance::search
