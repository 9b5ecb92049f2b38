#include "dialects/structchat/presence_board.h"

#include <utility>

namespace parlance::structchat {

bool PresenceBoard::mark(TenantId tenant, UserId user, std::int64_t now) {
  return tenants_.with([&](auto& tenants) {
    auto const [place, is_new] = tenants[tenant].try_emplace(user, now);
    auto const last = std::exchange(place->second, now);
    return is_new || now - last >= away_after_;
  });
}

std::vector<UserId> PresenceBoard::active(TenantId tenant, std::int64_t now) const {
  return tenants_.with([&](auto const& tenants) {
    std::vector<UserId> users;
    auto const found = tenants.find(tenant);
    if (found == tenants.end()) return users;
    for (auto const& [user, last] : found->second)
      if (now - last < away_after_) users.push_back(user);
    return users;
  });
}

std::vector<PresenceBoard::Gone> PresenceBoard::sweep(std::int64_t now) {
  return tenants_.with([&](auto& tenants) {
    std::vector<Gone> all;
    for (auto& [tenant, users] : tenants) {
      Gone gone{.tenant = tenant};
      std::erase_if(users, [&](auto const& seen) {
        bool const is_away = now - seen.second >= away_after_;
        if (is_away) gone.users.push_back(seen.first);
        return is_away;
      });
      if (!gone.users.empty()) all.push_back(std::move(gone));
    }
    std::erase_if(tenants, [](auto const& tenant) { return tenant.second.empty(); });
    return all;
  });
}

}  // namespace parlance::structchat
