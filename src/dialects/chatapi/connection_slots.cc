#include "dialects/chatapi/connection_slots.h"

namespace parlance::chatapi {

ConnectionSlots::Slot::~Slot() {
  if (!counts_) return;
  counts_->with([&](auto& counts) {
    auto const found = counts.find({tenant_, user_});
    if (--found->second == 0) counts.erase(found);
  });
}

std::optional<ConnectionSlots::Slot> ConnectionSlots::take(TenantId tenant, UserId user) {
  bool const is_taken = counts_->with([&](auto& counts) {
    auto& count = counts[{tenant, user}];
    if (count >= most_) return false;
    ++count;
    return true;
  });
  if (!is_taken) return std::nullopt;
  return Slot(counts_, tenant, user);
}

}  // namespace parlance::chatapi
