#pragma once

#include <optional>

#include "base/result.h"
#include "core/caller.h"
#include "model/tenant.h"
#include "model/user.h"

/// Who may make and change users, and of what rank. A caller without a user, the tenant's own backend, counts as an
/// owner.
namespace parlance::structchat {

/// Admins may; members too where the organisation lets them. forbidden otherwise.
Result<void> check_may_add(core::Caller const& caller, model::OrgSettings const& organisation);

/// Each user itself, and admins. forbidden otherwise.
Result<void> check_may_change(core::Caller const& caller, model::User const& user);

/// | to make somebody          | it takes                             |
/// | an owner                  | an owner                             |
/// | an admin or moderator     | an owner or admin                    |
/// | a member (no_op) or guest | an owner or admin, or the user itself where that is a step down |
///
/// What an owner is, only owners change; an owner itself may step down. That the last one stays is core's to see to.
Result<void> check_new_role(core::Caller const& caller, model::User const& user, model::TenantRole role);

}  // namespace parlance::structchat
