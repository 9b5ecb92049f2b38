#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/result.h"
#include "storage/database.h"
#include "storage/verb.h"

namespace parlance::storage {

struct ReadPoolOptions {
  /// Threads, each with a read-only connection.
  int threads = 4;

  /// The most queries that wait; the next is refused.
  std::size_t queue_cap = 8192;
};

/// Runs queries on read-only connections beside the writer. Each verb sees one snapshot of the database, which holds
/// every commit whose Done was called before the verb was submitted. A verb runs once.
class ReadPool {
 public:
  /// Connects and starts the threads. `database` must outlive the pool.
  static Result<std::unique_ptr<ReadPool>> open(Database& database, ReadPoolOptions options = {});

  /// Stops.
  ~ReadPool();

  /// Any thread. `done` is called on the pool's thread; at once with unavailable where the queue is full or the pool
  /// has stopped.
  void submit(Verb verb, Done done);

  /// The same, waiting for the outcome; never from the pool's own threads or an I/O thread.
  template <class F>
  auto run(F verb) -> std::invoke_result_t<F&, Transaction&> {
    return run_blocking(verb, [&](Verb run, Done done) { submit(std::move(run), std::move(done)); });
  }

  /// Finishes what is queued, then ends the threads. Any thread but the pool's. Idempotent.
  void stop();

 private:
  struct Shared;

  ReadPool();

  std::once_flag stopped_;
  std::unique_ptr<Shared> shared_;
  std::vector<std::jthread> threads_;
};

}  // namespace parlance::storage
