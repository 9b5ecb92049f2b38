#include "search/thread_columns.h"

#include <algorithm>
#include <unordered_set>

namespace parlance::search {

namespace {

template <typename Ids>
void mark(ThreadTable const& table, Ids const& ids, SlotSet& slots) {
  for (auto const id : ids)
    if (auto const slot = table.slot_of(id)) slots[*slot] = 1;
}

/// Who sees a conversation without being in it.
class Openness {
 public:
  explicit Openness(ThreadScope const& scope) : scope_(scope), spaces_(scope.spaces.begin(), scope.spaces.end()) {
    for (auto const channel : scope.channels) channels_.insert(channel.value);
  }

  bool lets_in(ThreadRow const& row) const {
    switch (row.access) {
      case model::Access::members: return false;
      case model::Access::space: return spaces_.contains(row.space) || spaces_.contains(row.provider_space);
      case model::Access::tenant: return scope_.is_person;
      case model::Access::parents:
        return std::ranges::any_of(row.channels, [&](std::int64_t channel) { return channels_.contains(channel); });
      case model::Access::anyone: return true;
    }
    return false;
  }

 private:
  ThreadScope const& scope_;
  std::unordered_set<SpaceId> spaces_;
  std::unordered_set<std::int64_t> channels_;
};

}  // namespace

SlotSet visible_slots(ThreadTable const& table, ThreadScope const& scope) {
  auto const count = table.rows().size();
  SlotSet joined(count);
  SlotSet left(count);
  mark(table, scope.conversations, joined);
  mark(table, scope.left, left);
  Openness const openness(scope);
  SlotSet visible(count);
  for (std::size_t slot = 0; slot < count; ++slot) {
    auto const& row = table.rows()[slot];
    visible[slot] = row.is_listed && !left[slot] && (scope.sees_all || joined[slot] || openness.lets_in(row)) ? 1 : 0;
  }
  return visible;
}

ThreadColumns::ThreadColumns(ThreadTable const& table, ThreadScope const& scope, TenantId tenant)
    : table_(table), scope_(scope), tenant_(tenant) {
  for (auto const channel : scope.channels) known_[channel.value] = true;
  for (auto const conversation : scope.conversations) known_[conversation.value] = true;
}

bool ThreadColumns::knows(std::int64_t channel) {
  auto const known = known_.find(channel);
  return known != known_.end() ? known->second : known_[channel] = is_told(channel);
}

/// As core/thread_facts.cc tells of the channels of a thread: all but secret ones, and those of spaces.
bool ThreadColumns::is_told(std::int64_t channel) const {
  if (scope_.sees_all) return true;
  auto const slot = table_.slot_of(ConversationId{channel});
  if (!slot) return false;
  auto const& row = table_.rows()[*slot];
  return !row.is_secret && row.access != model::Access::space;
}

std::string ThreadColumns::spell(Column column, std::int64_t value) const {
  return column == Column::tags ? table_.tags().at(static_cast<std::size_t>(value)) : std::to_string(value);
}

}  // namespace parlance::search
