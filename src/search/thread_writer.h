#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "search/thread_source.h"
#include "storage/transaction.h"

namespace parlance::search {

/// How one message has changed what its thread holds.
struct ChatChange {
  ThreadKey thread;
  UserId sender;             ///< of a message that is there now
  Timestamp created_at = 0;  ///< the same
  int chats = 0;             ///< 1 it is new, -1 it is gone, 0 it is another text
  std::string before;        ///< the tokens that the index has of it, joined as tokenize.h has it
  std::string after;         ///< those it is to have
};

/// Writes the index of threads: documents, postings and terms. Within somebody else's transaction.
class ThreadWriter {
 public:
  explicit ThreadWriter(storage::Transaction& index) : index_(index) {}

  /// `changed`, and those of `written_to` that are no documents yet; each once.
  Result<std::vector<ThreadKey>> to_be_read(std::vector<ThreadKey> const& changed,
                                            std::vector<ThreadKey> const& written_to);

  /// Puts in or replaces what is told of `threads`, and works in the messages of threads that are documents then.
  Result<void> write(std::vector<ThreadSource> const& threads, std::vector<ChatChange> const& messages);

  /// Takes out all that is of a tenant.
  Result<void> forget(TenantId tenant);

 private:
  storage::Transaction& index_;
};

}  // namespace parlance::search
