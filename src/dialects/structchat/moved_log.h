#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <unordered_map>
#include <vector>

#include "base/ids.h"

namespace parlance::structchat {

/// The threads in which something has happened, in that order, for any number of readers that are each somewhere in it.
/// Adding costs the same however many they are. Only the newest kMost are kept. Not shared between threads.
class MovedLog {
 public:
  static constexpr std::size_t kMost = 10'000;

  void add(ConversationId thread);

  /// Where a reader begins who wants to know what happens from now on.
  std::int64_t end() const { return begin_ + static_cast<std::int64_t>(threads_.size()); }

  /// True where a reader is so far behind that some of what it has not read is gone.
  bool has_lost(std::int64_t position) const { return position < begin_; }

  struct Stretch {
    std::vector<ConversationId> threads;  ///< each once
    std::int64_t next = 0;                ///< where to read on
  };
  /// At most `most` threads from `position` on, which must not be lost. What comes again later on is left to then.
  Stretch read(std::int64_t position, std::size_t most) const;

 private:
  std::deque<ConversationId> threads_;
  std::unordered_map<ConversationId, std::int64_t> last_;  ///< where each thread of threads_ comes last
  std::int64_t begin_ = 0;                                 ///< position of threads_.front()
};

}  // namespace parlance::structchat
