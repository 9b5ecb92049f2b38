#pragma once

#include <atomic>

namespace parlance::storage {

/// Failures on demand, for tests of what happens when the disk does not play along. Any thread. Costs one atomic load
/// per commit (and per file operation of SQLite) while nothing is asked for.
class Faults {
 public:
  /// The next `count` commits fail before they reach the engine.
  void fail_next_commits(int count) { commits_ = count; }

  /// The next `count` fsyncs of a database or WAL file fail (SQLite); PostgreSQL syncs in another process, so there
  /// the next `count` commits fail.
  void fail_next_fsyncs(int count) { fsyncs_ = count; }

  /// While true, the disk is full: nothing is written to the database or WAL file (SQLite), no commit succeeds
  /// (PostgreSQL).
  void fail_writes(bool full) { full_ = full; }

  /// For the engines: takes one of the failures that were asked for, if any is left.
  bool take_commit() { return take(commits_); }
  bool take_fsync() { return take(fsyncs_); }
  bool is_full() const { return full_.load(std::memory_order_relaxed); }

 private:
  static bool take(std::atomic<int>& left) {
    auto count = left.load(std::memory_order_relaxed);
    while (count > 0)
      if (left.compare_exchange_weak(count, count - 1)) return true;
    return false;
  }

  std::atomic<int> commits_ = 0;
  std::atomic<int> fsyncs_ = 0;
  std::atomic<bool> full_ = false;
};

}  // namespace parlance::storage
