#include "storage/sqlite/checkpointer.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "base/clock.h"
#include "base/log.h"
#include "base/thread.h"

namespace parlance::storage::sqlite {
namespace {

// Often enough that a checkpoint is short, seldom enough that a page written many times is copied once.
constexpr std::int64_t kWakePages = 1000;

// A reader that stays longer than this keeps the WAL from being started over; the writer must not wait for it.
constexpr int kReaderPatienceMillis = 100;

std::int64_t page_size(sqlite3* handle) {
  sqlite3_stmt* statement = nullptr;
  std::int64_t size = 4096;
  if (sqlite3_prepare_v2(handle, "PRAGMA page_size", -1, &statement, nullptr) == SQLITE_OK &&
      sqlite3_step(statement) == SQLITE_ROW)
    size = sqlite3_column_int64(statement, 0);
  sqlite3_finalize(statement);
  return size;
}

}  // namespace

Checkpointer::Checkpointer(Handle handle, std::int64_t wal_bound_bytes)
    : handle_(std::move(handle)), bound_pages_(std::max<std::int64_t>(wal_bound_bytes / page_size(handle_.get()), 1)) {
  sqlite3_busy_timeout(handle_.get(), kReaderPatienceMillis);
  thread_ = std::jthread([this] { work(); });
}

Checkpointer::~Checkpointer() {
  state_.with([](State& state) { state.stopping = true; });
  state_.notify_all();
}

void Checkpointer::committed(int pages) {
  auto const before = pages_.exchange(pages);
  auto const written = pages > before ? pages - before : pages;
  auto const total = written_.fetch_add(written) + written;
  if (total < kWakePages || total - written >= kWakePages) return;
  state_.with([](State& state) { state.wanted = true; });
  state_.notify_all();
}

void Checkpointer::give_way() {
  if (!restarting_.load(std::memory_order_relaxed)) [[likely]]
    return;
  state_.wait([](State const& state) { return !state.restarting; }, [](State&) {});
}

void Checkpointer::work() {
  name_thread("checkpointer");
  while (true) {
    bool const stopping = state_.wait_for(
        std::chrono::seconds(1), [](State const& state) { return state.stopping || state.wanted; },
        [](State& state) {
          state.wanted = false;
          return state.stopping;
        });
    if (stopping) return;
    if (written_.exchange(0) > 0) checkpoint();
    if (pages_ >= bound_pages_ && monotonic_now() >= next_restart_) restart();
  }
}

void Checkpointer::checkpoint() {
  auto const code = sqlite3_wal_checkpoint_v2(handle_.get(), nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
  if (code == SQLITE_OK || code == SQLITE_BUSY) return;
  log::warn("SQLite: checkpoint: {}", sqlite3_errmsg(handle_.get()));
}

void Checkpointer::restart() {
  state_.with([&](State& state) { restarting_ = state.restarting = true; });
  auto const code = sqlite3_wal_checkpoint_v2(handle_.get(), nullptr, SQLITE_CHECKPOINT_RESTART, nullptr, nullptr);
  if (code == SQLITE_OK) pages_ = 0;
  // A reader is in the way: everything is copied, only the start-over has to wait.
  if (code != SQLITE_OK) next_restart_ = monotonic_now() + kSecond;
  state_.with([&](State& state) { restarting_ = state.restarting = false; });
  state_.notify_all();
}

}  // namespace parlance::storage::sqlite
