#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

#include "base/executor.h"
#include "base/result.h"
#include "base/task.h"

namespace parlance::api {

struct BlockingPoolOptions {
  /// Enough to keep a disk busy; more would only wait for it.
  int threads = 4;

  /// The most actions that wait; the next is refused.
  std::size_t queue_cap = 1024;
};

/// Threads for what blocks on a disk, so that I/O threads never do. Any thread.
class BlockingPool {
 public:
  explicit BlockingPool(BlockingPoolOptions options = {});
  /// Stops.
  ~BlockingPool();
  BlockingPool(BlockingPool const&) = delete;
  BlockingPool& operator=(BlockingPool const&) = delete;

  /// Runs `action` on one of the threads; false where the queue is full or the pool has stopped.
  bool submit(std::move_only_function<void()> action);

  /// Runs `action`, a callable Result<T>(), while the coroutine waits, and resumes on `executor`, which is the calling
  /// thread's. unavailable where the queue is full.
  template <class F>
  Task<std::invoke_result_t<F&>> run(Executor& executor, F action) {
    using Outcome = std::invoke_result_t<F&>;
    co_return co_await callback<Outcome>(executor, [&](auto resume) {
      auto shared = std::make_shared<decltype(resume)>(std::move(resume));
      if (!submit([&action, shared] { (*shared)(action()); })) (*shared)(Outcome(busy()));
    });
  }

  /// Finishes what is queued, then ends the threads. Idempotent; not from the pool's own threads.
  void stop();

 private:
  struct State;
  static std::unexpected<Error> busy();

  std::unique_ptr<State> state_;
};

}  // namespace parlance::api
