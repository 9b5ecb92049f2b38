#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <stop_token>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "search/query.h"
#include "storage/transaction.h"

namespace parlance::search {

/// Which messages a store is asked for.
struct Request {
  TenantId tenant;
  Terms const& terms;
  std::span<ConversationId const> conversations;  ///< ascending, not empty
  MessageId before;                               ///< none = from the newest on
  std::size_t offset = 0;
  std::size_t count = 0;
};

/// More conversations than this are not looked up in the index; what is found is held against the list instead. Each
/// costs about 50 µs on SQLite before the first hit, and pays where the words are common and the conversations few.
inline constexpr std::size_t kIndexedScope = 64;

/// An engine's index of tokens (tokenize.h). It only narrows down: every message it names is looked at again.
class Store {
 public:
  Store() = default;
  Store(Store const&) = delete;
  Store& operator=(Store const&) = delete;
  virtual ~Store() = default;

  /// Indexes at least what was committed before the call, unless it is stopped. Indexer's thread.
  virtual Result<void> fill(std::stop_token const& stop) = 0;

  /// Whether fill() has so much to do that waiting for it is in vain. Any thread.
  virtual bool is_building() const = 0;

  /// Whether the index holds all that `log` sees. Any thread.
  virtual Result<bool> is_current(storage::Transaction& log) = 0;

  /// Messages that match, the newest first. Any thread.
  virtual Result<std::vector<MessageId>> find(Request const& request) = 0;

  /// Runs `action(index)` on a snapshot of the tables of the index. Any thread.
  virtual Result<void> read(std::function<Result<void>(storage::Transaction&)> const& action) = 0;
};

}  // namespace parlance::search
