#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/guarded.h"
#include "base/ids.h"
#include "base/result.h"
#include "model/conversation.h"
#include "storage/transaction.h"

namespace parlance::search {

/// Where a tenant's documents stand: those of another epoch have nothing to do with each other.
struct TableVersion {
  std::int64_t epoch = 0;  ///< 0: the tenant has none
  std::int64_t version = 0;
};

/// What filters, orders, facets and access ask of a thread.
struct ThreadRow {
  ConversationId conversation;
  SpaceId space;
  SpaceId provider_space;
  std::int64_t author = 0;
  Timestamp created_at = 0;
  Timestamp active_at = 0;
  std::int64_t chats = 0;
  std::int64_t subject_digest = 0;
  std::int64_t summary_digest = 0;
  std::vector<std::int64_t> channels;
  std::vector<std::int64_t> users;
  std::vector<std::uint32_t> tags;  ///< see ThreadTable::tags()
  model::Access access = model::Access::members;
  bool is_listed = false;  ///< it is one that can be found at all
  bool is_secret = false;
  bool is_resolved = false;
};

/// A tenant's thread_documents without their texts, in memory. Under the lock of ThreadTables.
///
/// OPTIMIZATION: to filter and order 32,000 of 40,000 threads takes 2 ms here, and took 110 ms in SQL: all that match
/// must be looked at, for their number is told.
class ThreadTable {
 public:
  /// By slot.
  std::vector<ThreadRow> const& rows() const { return rows_; }
  std::vector<std::string> const& tags() const { return tags_; }
  std::optional<std::uint32_t> slot_of(ConversationId conversation) const;
  std::int64_t epoch() const { return at_.epoch; }

  bool holds(TableVersion const& version) const { return at_.epoch == version.epoch && at_.version >= version.version; }

  /// Reads what has changed up to `version`.
  Result<void> refresh(storage::Transaction& index, TenantId tenant, TableVersion const& version);

 private:
  void take(storage::Row const& row);
  std::uint32_t tag_number(std::string tag);

  TableVersion at_;
  std::vector<ThreadRow> rows_;
  std::vector<std::string> tags_;
  std::unordered_map<std::string, std::uint32_t> tag_numbers_;
  std::unordered_map<ConversationId, std::uint32_t> slots_;
};

/// More threads than this are not kept of several tenants; those of one are, whatever there are. About 200 bytes each.
inline constexpr std::size_t kMaxThreadsKept = 1'000'000;

/// The tables of the tenants that were asked for of late. Any thread.
class ThreadTables {
 public:
  /// Runs `action(table)`, which returns a Result<void>, on a table that is no older than what `index` sees.
  template <typename Action>
  Result<void> read(storage::Transaction& index, TenantId tenant, Action action) {
    auto const entry = entry_of(tenant);
    auto const version = TRY(version_of(index, tenant));
    // Another reader may see another epoch and refresh in between.
    for (int attempt = 0; attempt < kAttempts; ++attempt) {
      {
        std::shared_lock lock(entry->mutex);
        if (entry->table.holds(version)) return action(std::as_const(entry->table));
      }
      std::unique_lock lock(entry->mutex);
      if (!entry->table.holds(version)) TRY(entry->table.refresh(index, tenant, version));
      entry->size = entry->table.rows().size();
    }
    return unsettled();
  }

 private:
  static constexpr int kAttempts = 4;

  struct Entry {
    std::shared_mutex mutex;
    ThreadTable table;
    std::atomic<std::size_t> size = 0;  ///< of the table; read without its lock
    std::uint64_t used = 0;             ///< the larger the later
  };
  struct State {
    std::map<TenantId, std::shared_ptr<Entry>> entries;
    std::uint64_t uses = 0;
  };

  std::shared_ptr<Entry> entry_of(TenantId tenant);
  static void evict(State& state, TenantId kept);
  static Result<TableVersion> version_of(storage::Transaction& index, TenantId tenant);
  static Result<void> unsettled();

  Guarded<State> state_;
};

}  // namespace parlance::search
