#pragma once

#include <string>

#include "base/ids.h"
#include "model/user.h"

namespace parlance::core {

/// Who acts. Every verb takes one, and every query it makes is scoped by `tenant`.
struct Caller {
  TenantId tenant;
  UserId user;              ///< none for the tenant's backend acting for nobody, and for an anonymous caller
  std::string external_id;  ///< of `user`
  model::TenantRole role = model::TenantRole::member;
  bool is_backend = false;  ///< holds the tenant's key: may administer users, spaces and settings
};

/// At least that rank in the tenant. The tenant's backend acting for nobody has every rank; one that acts for a user
/// has the user's.
inline bool has_rank(Caller const& caller, model::TenantRole least) {
  if (!caller.user) return caller.is_backend;
  return caller.role <= least;
}

}  // namespace parlance::core
