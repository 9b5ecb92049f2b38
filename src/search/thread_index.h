#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "search/thread_query.h"
#include "search/thread_table.h"
#include "storage/transaction.h"

namespace parlance::search {

class Indexer;
class Store;

/// Which terms of a tenant's texts are looked for.
struct TermPattern {
  enum class Kind {
    prefix,    ///< that begin with `token`, or are it
    contains,  ///< that hold it anywhere
    similar,   ///< at most `typos` letters off: one changed, one more, one less, two neighbours the wrong way round
  };

  Kind kind = Kind::prefix;
  std::string token;       ///< folded, as tokenize() makes it
  int typos = 2;           ///< of similar: 0..2
  bool goes_on = false;    ///< of similar: the term may go on where the token ends
  std::size_t limit = 20;  ///< at most kMaxTermsFound
};

inline constexpr std::size_t kMaxTermsFound = 1000;

/// A distinct term of a tenant's texts.
struct DictionaryTerm {
  std::string text;
  std::int64_t threads = 0;  ///< conversations whose texts hold it, whoever may read them
  int typos = 0;             ///< letters off
};

/// The threads of a tenant as documents: the words of their chats, subjects, summaries and tags, and what they are
/// filtered, ordered and grouped by. A thread is any conversation but a stream that core/visible_threads.h lists.
/// Filled and caught up as MessageIndex is, which owns it.
class ThreadIndex {
 public:
  /// Both must outlive the index.
  ThreadIndex(Store& store, Indexer& indexer, std::chrono::milliseconds patience)
      : store_(store), indexer_(indexer), patience_(patience) {}

  /// Answers by what the index holds at one moment, which is not before that of the call. `log` is any transaction on
  /// the database; whoever shows a hit reads the thread from it as its caller may, and drops those that are gone.
  /// Blocks: a thread of the read pool. Any number of threads. Error: unavailable while the index is being built, or
  /// where it did not catch up in time; invalid_argument where a comparison makes no sense for its column.
  Result<ThreadHits> search(storage::Transaction& log, ThreadQuery const& query);

  /// The terms that are like `pattern`: fewest letters off first, then those of most threads. What is told of a
  /// tenant's words is not for its users, who may not read all of its threads. Blocks, and fails, as search() does.
  Result<std::vector<DictionaryTerm>> resolve(storage::Transaction& log, TenantId tenant, TermPattern const& pattern);

  /// Conversations of which the subject, the name or the messages may hold `text` as it is written, in any case and
  /// also inside of words of up to kMaxTokenBytes: all of them, whoever may read them, and others. For whoever looks at
  /// the texts themselves. Empty where the index cannot tell: `text` has no words, or parts of too many. Blocks, and
  /// fails, as search() does.
  Result<std::optional<std::vector<ConversationId>>> holding(storage::Transaction& log, TenantId tenant,
                                                             std::string_view text);

 private:
  Result<void> be_current(storage::Transaction& log);

  Store& store_;
  Indexer& indexer_;
  std::chrono::milliseconds patience_;
  ThreadTables tables_;
};

}  // namespace parlance::search
