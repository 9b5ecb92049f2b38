#include "dialects/structchat/user_rules.h"

namespace parlance::structchat {

using model::TenantRole;

Result<void> check_may_add(core::Caller const& caller, model::OrgSettings const& organisation) {
  if (core::has_rank(caller, organisation.open_join ? TenantRole::member : TenantRole::admin)) return {};
  return fail(Errc::forbidden, organisation.open_join ? "only a member may add users" : "only an admin may add users");
}

Result<void> check_may_change(core::Caller const& caller, model::User const& user) {
  if (caller.user == user.id || core::has_rank(caller, TenantRole::admin)) return {};
  return fail(Errc::forbidden, "only an admin may change another user");
}

Result<void> check_new_role(core::Caller const& caller, model::User const& user, TenantRole role) {
  if (role == user.role) return {};
  bool const touches_owner = role == TenantRole::owner || user.role == TenantRole::owner;
  if (touches_owner && !core::has_rank(caller, TenantRole::owner))
    return fail(Errc::forbidden, "only an owner may make an owner, or change what an owner is");
  bool const steps_down = caller.user == user.id && role > user.role;
  if (!steps_down && !core::has_rank(caller, TenantRole::admin))
    return fail(Errc::forbidden, "only an owner or admin may change a user's role");
  return {};
}

}  // namespace parlance::structchat
