#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "search/highlight.h"
#include "search/query.h"
#include "storage/database.h"
#include "storage/transaction.h"

namespace parlance::search {

class Indexer;
class Store;
class ThreadIndex;

enum class Order {
  newest,  ///< latest message first
  ranked,  ///< best score first, among the newest kRankedCandidates that match
};

inline constexpr std::size_t kRankedCandidates = 1000;
inline constexpr std::size_t kMaxLimit = 1000;
inline constexpr std::size_t kMaxOffset = 100'000;

struct Query {
  TenantId tenant;
  Terms terms;  ///< see parse_query()

  /// Where to look: access is part of the query. Any number and order; none finds nothing.
  std::vector<ConversationId> conversations;

  Order order = Order::newest;
  std::size_t limit = 100;  ///< at most kMaxLimit
  std::size_t offset = 0;   ///< hits to skip; past kMaxOffset nothing is found
  MessageId before;         ///< only messages older than this one; none = from the newest on
  HighlightOptions highlight;
};

struct Hit {
  MessageId message;
  ConversationId conversation;
  std::int64_t seq = 0;
  int score = 0;  ///< as Match::score
  Highlight highlight;
};

struct Hits {
  std::vector<Hit> hits;
  bool has_more = false;  ///< there is at least one hit after these
};

struct IndexOptions {
  /// SQLite: the directory of search.db. PostgreSQL keeps the index in the database itself.
  std::string directory;

  /// How long a query waits for the index to catch up with the log before it is unavailable.
  std::chrono::milliseconds patience{1000};

  /// How often the index looks for new messages while nobody asks.
  std::chrono::milliseconds interval{100};
};

/// The words of all messages. Filled in the background from the log and caught up before every query, so a message,
/// edit or deletion that was acknowledged before the query is seen by it. Where there is no usable index (a first
/// start, a damaged file, another version, a log that is not the one it was filled from) it is built from the messages.
class MessageIndex {
 public:
  /// Starts the indexer's thread. `database` must outlive the index. Error: invalid_argument or unavailable where the
  /// index can neither be opened nor made.
  static Result<std::unique_ptr<MessageIndex>> open(storage::Database& database, IndexOptions options);

  MessageIndex(MessageIndex const&) = delete;
  MessageIndex& operator=(MessageIndex const&) = delete;

  /// Stops the indexer.
  ~MessageIndex();

  /// Looks the query up and holds each hit against `log`, which is any transaction on the database: what it sees as
  /// deleted, edited away or in another conversation is no hit, and highlights show the texts it sees. Blocks while the
  /// index catches up: a thread of the read pool, never an I/O thread. Any number of threads.
  /// Error: unavailable while the index is being built, or where it did not catch up in time.
  Result<Hits> search(storage::Transaction& log, Query const& query);

  /// Waits until everything that was committed before this call is indexed. For the command line and tests. Error:
  /// unavailable where that takes longer than `patience`.
  Result<void> catch_up(std::chrono::milliseconds patience);

  /// The threads that the messages make up.
  ThreadIndex& threads() { return *threads_; }

 private:
  MessageIndex(std::unique_ptr<Store> store, IndexOptions options);

  IndexOptions options_;
  std::unique_ptr<Store> store_;
  std::unique_ptr<Indexer> indexer_;  // after the store, which it fills
  std::unique_ptr<ThreadIndex> threads_;
};

}  // namespace parlance::search
