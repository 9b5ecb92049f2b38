#pragma once

#include <sqlite3.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <thread>

#include "base/guarded.h"

namespace parlance::storage::sqlite {

struct CloseHandle {
  void operator()(sqlite3* handle) const { sqlite3_close_v2(handle); }
};
using Handle = std::unique_ptr<sqlite3, CloseHandle>;

/// Copies the WAL back into the database on a thread of its own, so that commits do not pay for it. A checkpoint never
/// holds up readers; the writer only for as long as it takes to start the WAL over, once that has passed its bound.
class Checkpointer {
 public:
  /// `handle` is a connection for this thread alone.
  Checkpointer(Handle handle, std::int64_t wal_bound_bytes);
  ~Checkpointer();

  /// The WAL hook of a writing connection: the WAL has `pages` pages now. Any thread.
  void committed(int pages);

  /// To be called by a writer before it begins: waits while the WAL is being started over. Any thread.
  void give_way();

 private:
  struct State {
    bool stopping = false;
    bool wanted = false;
    bool restarting = false;
  };

  void work();
  void checkpoint();
  void restart();

  Handle handle_;
  std::int64_t bound_pages_;
  Guarded<State> state_;
  std::atomic<bool> restarting_ = false;   // state_.restarting, for a look without the lock
  std::atomic<std::int64_t> pages_ = 0;    // in the WAL after the last commit
  std::atomic<std::int64_t> written_ = 0;  // since the last checkpoint
  std::int64_t next_restart_ = 0;          // monotonic; the thread's own
  std::jthread thread_;
};

}  // namespace parlance::storage::sqlite
