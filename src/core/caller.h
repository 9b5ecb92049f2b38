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

}  // namespace parlance::core
