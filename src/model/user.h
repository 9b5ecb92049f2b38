#pragma once

#include <string>

#include "base/clock.h"
#include "base/ids.h"

namespace parlance::model {

/// Rank of a user in the whole tenant, highest first. The numbers are stored.
enum class TenantRole { owner = 0, admin = 1, moderator = 2, member = 3, guest = 4 };

/// Of User::bits. The numbers are stored.
enum UserBits : std::int64_t {
  kJoinedBySecret = 1,  ///< came from another tenant, by the join secret of this one
};

struct User {
  UserId id;
  TenantId tenant;
  std::string
      external_id;  ///< what the tenant calls the user: X-User-Id, JWT `sub`; 1..255 bytes, unique in the tenant
  std::string name;
  std::string email;
  TenantRole role = TenantRole::member;
  std::int64_t bits = 0;
  Timestamp created_at = 0;
  Timestamp updated_at = 0;
};

}  // namespace parlance::model
