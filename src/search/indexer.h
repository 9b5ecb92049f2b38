#pragma once

#include <chrono>
#include <cstdint>
#include <stop_token>
#include <thread>

#include "base/guarded.h"
#include "base/result.h"
#include "search/store.h"

namespace parlance::search {

/// The thread that fills a store, in passes: whenever somebody waits, and every so often.
class Indexer {
 public:
  /// `store` must outlive the indexer.
  Indexer(Store& store, std::chrono::milliseconds interval);

  /// Stops in the middle of a pass.
  ~Indexer();

  /// Waits for a pass that began after this call. Any thread. Error: unavailable where the pass fails or takes
  /// longer than `patience`, or the indexer is stopping.
  Result<void> wait_for_pass(std::chrono::milliseconds patience);

 private:
  struct State {
    std::uint64_t requested = 0;  // passes that were asked for
    std::uint64_t completed = 0;  // the last of them that has an outcome
    bool is_stopping = false;
    Result<void> outcome;
  };

  void work(std::stop_token const& stop);
  void report(Result<void> const& outcome);

  Store& store_;
  std::chrono::milliseconds interval_;
  Guarded<State> state_;
  bool is_failing_ = false;  // the thread's own
  std::jthread thread_;
};

}  // namespace parlance::search
