#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/result.h"
#include "model/event.h"
#include "storage/database.h"
#include "storage/verb.h"

namespace parlance::storage {

struct LaneOptions {
  /// Threads, each with a connection. SQLite always has one; 0 means 4 on PostgreSQL.
  int lanes = 0;

  /// The most commands that share a commit: beyond it the latency of the batch grows faster than the throughput.
  std::size_t batch_cap = 64;

  /// The most commands that wait for one lane; the next is refused.
  std::size_t queue_cap = 8192;

  /// The announced events of a batch, in order, after its commit and before its Dones. Lane's thread.
  std::function<void(std::vector<model::LiveEvent>)> on_commit;

  /// Of each committed batch: how many commands, and the microseconds that its COMMIT took. Lane's thread.
  std::function<void(std::size_t batch_size, std::int64_t commit_micros)> observer;
};

struct LaneStatistics {
  std::uint64_t batches = 0;       ///< committed
  std::uint64_t commands = 0;      ///< done, whether they succeeded or failed
  std::uint64_t replays = 0;       ///< batches that had to run again because a command failed after writing
  std::uint64_t refused = 0;       ///< commands turned away by a full queue
  std::uint64_t queued = 0;        ///< commands waiting now
  std::int64_t commit_micros = 0;  ///< the sum over all commits
};

class WriteLane;

/// Group commit: each lane drains its queue into one transaction, runs the verbs in it, commits once, and then
/// completes all of them. A verb that fails fails alone. Where the commit fails, all of the batch is unavailable and
/// nothing is announced. Commands with equal keys run in the order they were submitted in.
class WriteLanes {
 public:
  /// Connects and starts the threads. `database` must outlive the lanes.
  static Result<std::unique_ptr<WriteLanes>> open(Database& database, LaneOptions options);

  /// Stops.
  ~WriteLanes();

  /// Any thread. `key` is the conversation that the command is about (or any number that spreads). `done` is called on
  /// the lane's thread after the commit that holds the change, or after the failure; at once, on this thread, with
  /// unavailable and retry_after_seconds where the queue is full or the lanes have stopped.
  void submit(std::int64_t key, Verb verb, Done done);

  /// The same, waiting for the outcome: for the command line, jobs and tests, never from a lane's own thread or an
  /// I/O thread. `verb(transaction)` returns Result<T>, which is returned; it may run more than once.
  template <class F>
  auto run(std::int64_t key, F verb) -> std::invoke_result_t<F&, Transaction&> {
    return run_blocking(verb, [&](Verb run, Done done) { submit(key, std::move(run), std::move(done)); });
  }

  /// Finishes what is queued, then ends the threads. Any thread but a lane's. Idempotent.
  void stop();

  /// Sums over all lanes. Any thread.
  LaneStatistics statistics() const;

 private:
  WriteLanes();

  std::once_flag stopped_;
  std::vector<std::unique_ptr<WriteLane>> lanes_;
};

}  // namespace parlance::storage
