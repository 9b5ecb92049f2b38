#include "storage/batch.h"

#include <algorithm>
#include <chrono>
#include <random>
#include <thread>

#include "base/clock.h"

namespace parlance::storage {
namespace {

constexpr int kContentionRuns = 8;

/// Lets the others through before the next run. Without it, and without chance in it, both sides of a deadlock would
/// take their first locks again and meet again.
void pause_after(int run) {
  thread_local std::minstd_rand random(std::random_device{}());
  std::this_thread::sleep_for(std::chrono::milliseconds(std::uniform_int_distribution(1, 4 << run)(random)));
}

}  // namespace

void BatchRunner::run(std::span<Command> batch) {
  if (!reconnect_.ensure()) return refuse(batch);
  auto next = run_together(batch);
  if (next != Next::nothing) ++replays_;
  if (next == Next::savepoints) next = run_in_savepoints(batch);
  if (next == Next::one_by_one) run_one_by_one(batch);
}

BatchRunner::Next BatchRunner::run_together(std::span<Command> batch) {
  if (!connection_.begin()) return abandon(batch, connection_.condition());
  Transaction transaction(connection_);
  for (auto& command : batch) {
    auto const mark = transaction.announced_count();
    auto const condition = run_command(command, transaction);
    if (condition != Condition::healthy || (!command.result && transaction.wrote())) {
      connection_.rollback();
      // Alone, it has nobody to spare: its failure is the outcome.
      if (batch.size() == 1 && (condition == Condition::healthy || condition == Condition::aborted))
        return Next::nothing;
      return condition == Condition::healthy ? Next::savepoints : abandon(batch, condition);
    }
    if (!command.result) transaction.discard_announced(mark);
  }
  return commit(batch, transaction);
}

BatchRunner::Next BatchRunner::run_in_savepoints(std::span<Command> batch) {
  if (!connection_.begin()) return abandon(batch, connection_.condition());
  Transaction transaction(connection_);
  for (auto& command : batch) {
    auto const condition = run_isolated(command, transaction);
    if (condition == Condition::healthy) continue;
    connection_.rollback();
    return condition == Condition::lost ? abandon(batch, condition) : Next::one_by_one;
  }
  return commit(batch, transaction);
}

Condition BatchRunner::run_isolated(Command& command, Transaction& transaction) {
  if (!connection_.savepoint()) return std::max(connection_.condition(), Condition::aborted);
  auto const mark = transaction.announced_count();
  auto const condition = run_command(command, transaction);
  if (condition > Condition::aborted) return condition;
  auto const closed = command.result ? connection_.release() : connection_.rollback_to();
  if (!closed) return std::max(connection_.condition(), Condition::aborted);
  if (!command.result) transaction.discard_announced(mark);
  return Condition::healthy;
}

void BatchRunner::run_one_by_one(std::span<Command> batch) {
  pause_after(0);
  for (std::size_t index = 0; index < batch.size(); ++index) {
    for (int run = 1; run_alone(batch[index]) && run < kContentionRuns; ++run) pause_after(run);
    if (connection_.condition() == Condition::lost) return refuse(batch.subspan(index + 1));
  }
}

/// Returns whether it is worth another run.
bool BatchRunner::run_alone(Command& command) {
  std::span const batch(&command, 1);
  if (!connection_.begin()) {
    refuse(batch);
    return false;
  }
  Transaction transaction(connection_);
  auto const condition = run_command(command, transaction);
  if (!command.result) {
    connection_.rollback();
    return condition == Condition::contended;
  }
  commit(batch, transaction);
  return false;
}

Condition BatchRunner::run_command(Command& command, Transaction& transaction) {
  command.result = run_verb(command.verb, transaction);
  auto const condition = connection_.condition();
  if (condition != Condition::healthy && command.result)
    command.result = condition == Condition::aborted ? fail(Errc::internal, "internal error") : busy("try again");
  return condition;
}

BatchRunner::Next BatchRunner::abandon(std::span<Command> batch, Condition condition) {
  switch (condition) {
    case Condition::healthy:
    case Condition::lost: refuse(batch); return Next::nothing;
    case Condition::aborted: return Next::savepoints;
    case Condition::contended:
    case Condition::ended: return Next::one_by_one;
  }
  return Next::nothing;
}

BatchRunner::Next BatchRunner::commit(std::span<Command> batch, Transaction& transaction) {
  auto const start = monotonic_now();
  auto const committed = connection_.commit();
  if (!committed) {
    auto const is_refused = committed.error().code == Errc::unavailable;
    if (!is_refused && batch.size() > 1) return Next::one_by_one;
    if (is_refused)
      refuse(batch);
    else
      batch[0].result = std::unexpected(committed.error());
    return Next::nothing;
  }
  auto const micros = monotonic_now() - start;
  ++commits_;
  commit_micros_ += micros;
  if (options_.observer) options_.observer(batch.size(), micros);
  auto events = transaction.take_announced();
  if (options_.on_commit && !events.empty()) options_.on_commit(std::move(events));
  return Next::nothing;
}

void BatchRunner::refuse(std::span<Command> batch) {
  for (auto& command : batch) command.result = busy("the database is not available");
}

}  // namespace parlance::storage
