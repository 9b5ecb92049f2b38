#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <vector>

#include "base/guarded.h"
#include "base/ids.h"

namespace parlance::structchat {

/// Who has said within the last `away_after` that they are there. A user is there however many windows are open and
/// whichever of them says so. Times are those of monotonic_now(). Any thread.
class PresenceBoard {
 public:
  explicit PresenceBoard(std::chrono::milliseconds away_after)
      : away_after_(std::chrono::microseconds(away_after).count()) {}

  /// The user is there. True where it was away until now.
  bool mark(TenantId tenant, UserId user, std::int64_t now);

  /// Who is there, by id.
  std::vector<UserId> active(TenantId tenant, std::int64_t now) const;

  struct Gone {
    TenantId tenant;
    std::vector<UserId> users;
  };
  /// Who has gone away since the last call: each user once, in one call only.
  std::vector<Gone> sweep(std::int64_t now);

 private:
  using LastSeen = std::map<UserId, std::int64_t>;

  std::int64_t const away_after_;  ///< microseconds
  Guarded<std::map<TenantId, LastSeen>> tenants_;
};

}  // namespace parlance::structchat
