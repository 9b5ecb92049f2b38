#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>

#include "search/thread_matches.h"
#include "search/thread_query.h"
#include "search/thread_table.h"

namespace parlance::search {

/// Which threads the caller may find, by slot: what core/visible_threads.cc says, of values.
SlotSet visible_slots(ThreadTable const& table, ThreadScope const& scope);

/// What the columns of threads hold for one caller.
class ThreadColumns {
 public:
  /// All must outlive the object.
  ThreadColumns(ThreadTable const& table, ThreadScope const& scope, TenantId tenant);

  /// Calls `visit(std::int64_t)` with each value that the thread in `slot` has; of tags their numbers, of the columns
  /// of text none.
  template <typename Visit>
  void each(Column column, std::uint32_t slot, Visit visit) {
    auto const& row = table_.rows()[slot];
    switch (column) {
      case Column::id: visit(row.conversation.value); return;
      case Column::org_id: visit(tenant_.value); return;
      case Column::author_id: visit(row.author); return;
      case Column::xsr_ids:
        for (auto const channel : row.channels)
          if (knows(channel)) visit(channel);
        return;
      case Column::user_ids:
        for (auto const user : row.users) visit(user);
        return;
      case Column::tags:
        for (auto const tag : row.tags) visit(static_cast<std::int64_t>(tag));
        return;
      case Column::created_at: visit(row.created_at / kSecond); return;
      case Column::updated_at: visit(row.active_at / kSecond); return;
      case Column::num_chats: visit(row.chats); return;
      case Column::resolved: visit(row.is_resolved ? 1 : 0); return;
      case Column::subject:
      case Column::summary:
      case Column::chats: return;
    }
  }

  /// A value as text: tags as they are, numbers in decimal.
  std::string spell(Column column, std::int64_t value) const;

 private:
  bool knows(std::int64_t channel);
  bool is_told(std::int64_t channel) const;

  ThreadTable const& table_;
  ThreadScope const& scope_;
  TenantId tenant_;
  std::unordered_map<std::int64_t, bool> known_;  // channels: whether the caller may hear of them
};

constexpr bool is_text(Column column) {
  return column == Column::subject || column == Column::summary || column == Column::chats;
}

/// With one number for each thread.
constexpr bool is_single_number(Column column) {
  return !is_text(column) && column != Column::tags && column != Column::xsr_ids && column != Column::user_ids;
}

}  // namespace parlance::search
