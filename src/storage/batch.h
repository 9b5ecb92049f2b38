#pragma once

#include <cstdint>
#include <span>

#include "storage/reconnect.h"
#include "storage/verb.h"
#include "storage/write_lane.h"

namespace parlance::storage {

/// A verb on its way through a lane.
struct Command {
  std::int64_t key = 0;
  Verb verb;
  Done done;
  Result<void> result;
  std::size_t position = 0;  ///< in the order of submission
};

/// Runs batches of commands on one connection, each batch in as few commits as it can. First all verbs in one
/// transaction without savepoints, for most batches hold no failure. Where one has failed after it wrote, again with a
/// savepoint around each. Where the engine gave the transaction up, each in a transaction of its own. One thread.
class BatchRunner {
 public:
  /// `options` for its callbacks; both outlive the runner.
  BatchRunner(Connection& connection, LaneOptions const& options)
      : connection_(connection), options_(options), reconnect_(connection) {}

  /// Fills in the results, all of them final, and announces what was committed. Calls no Done.
  void run(std::span<Command> batch);

  /// Batches that were not done with the first transaction.
  std::uint64_t replays() const { return replays_; }
  std::uint64_t commits() const { return commits_; }
  std::int64_t commit_micros() const { return commit_micros_; }

 private:
  enum class Next { nothing, savepoints, one_by_one };

  Next run_together(std::span<Command> batch);
  Next run_in_savepoints(std::span<Command> batch);
  void run_one_by_one(std::span<Command> batch);
  bool run_alone(Command& command);

  /// Runs the verb; a result that claims success in spite of a broken transaction is made an error.
  Condition run_command(Command& command, Transaction& transaction);
  /// One command between savepoints.
  Condition run_isolated(Command& command, Transaction& transaction);
  Next abandon(std::span<Command> batch, Condition condition);
  Next commit(std::span<Command> batch, Transaction& transaction);
  static void refuse(std::span<Command> batch);

  Connection& connection_;
  LaneOptions const& options_;
  Reconnect reconnect_;
  std::uint64_t replays_ = 0;
  std::uint64_t commits_ = 0;
  std::int64_t commit_micros_ = 0;
};

}  // namespace parlance::storage
