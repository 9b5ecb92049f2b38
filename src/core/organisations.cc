#include "core/organisations.h"

#include <fmt/format.h>

#include "base/crypto.h"
#include "core/checks.h"
#include "core/events.h"
#include "core/limits.h"
#include "core/locks.h"
#include "core/tenants.h"
#include "core/users.h"

namespace parlance::core {

namespace {

std::string new_secret() { return to_base64url(random_bytes(24)); }

Result<Admission> admit(storage::Transaction& tx, model::Tenant tenant, model::User user) {
  auto const issued = TRY(issue_token(tx, tenant.id, user.id, 0, "", TokenUse::repeated));
  return Admission{std::move(tenant), std::move(user), issued.token};
}

Result<model::User> admit_stranger(storage::Transaction& tx, Caller const& caller, TenantId tenant,
                                   std::string_view home) {
  auto const external_id = fmt::format("{}@{}", caller.external_id, home);
  if (auto known = TRY(find_user(tx, tenant, external_id))) {
    // Only who came this way before is the same person; another user of that name is somebody else.
    if ((known->bits & model::kJoinedBySecret) == 0)
      return fail(Errc::conflict, "a user of this name is there already");
    return *std::move(known);
  }
  auto user = TRY(ensure_user(tx, tenant, external_id));
  user.name = TRY(get_user(tx, caller.tenant, caller.user)).name;
  user.bits |= model::kJoinedBySecret;
  TRY(tx.execute("UPDATE users SET name = $3, bits = $4 WHERE tenant_id = $1 AND id = $2",
                 {tenant, user.id, user.name, user.bits}));
  return user;
}

}  // namespace

Result<Admission> create_organisation(storage::Transaction& tx, Caller const& caller, NewOrganisation const& input) {
  if (!caller.user || !has_rank(caller, model::TenantRole::member))
    return fail(Errc::forbidden, "only a member of an organisation may make another one");
  TRY(check_line(input.title, "title", 0, kMaxNameBytes));
  TRY(check_text(input.description, "description", 0, kMaxDescriptionBytes));
  auto const person = TRY(get_user(tx, caller.tenant, caller.user));
  auto tenant = TRY(create_tenant(tx, {input.name, input.hostname, input.rate_limit})).tenant;
  tenant.settings.org = {input.title, input.description, new_secret(), input.open_join};
  tenant = TRY(update_tenant(tx, tenant.id, {.settings = tenant.settings}));
  UserChange change{.name = person.name, .role = model::TenantRole::owner};
  if (!person.email.empty()) change.email = person.email;
  auto owner = TRY(put_user(tx, tenant.id, caller.external_id, change));
  return admit(tx, std::move(tenant), std::move(owner));
}

Result<Admission> join_organisation(storage::Transaction& tx, Caller const& caller, TenantId tenant_id,
                                    std::string_view secret, std::string_view home) {
  TRY(lock_tenant(tx, tenant_id));
  auto tenant = TRY(get_tenant(tx, tenant_id));
  auto const& expected = tenant.settings.org.join_secret;
  if (expected.empty() || !equal_in_constant_time(sha256(expected), sha256(secret)))
    return fail(Errc::forbidden, "this join link is not valid");
  if (caller.tenant != tenant_id) {
    auto user = TRY(admit_stranger(tx, caller, tenant_id, home));
    return admit(tx, std::move(tenant), std::move(user));
  }
  UserChange change;
  if (caller.role == model::TenantRole::guest) change.role = model::TenantRole::member;
  auto user = TRY(put_user(tx, tenant_id, caller.external_id, change));
  return admit(tx, std::move(tenant), std::move(user));
}

Result<model::Tenant> update_organisation(storage::Transaction& tx, Caller const& caller,
                                          OrganisationChange const& change) {
  if (!has_rank(caller, model::TenantRole::admin))
    return fail(Errc::forbidden, "only an admin may change the organisation");
  if (change.title) TRY(check_line(*change.title, "title", 0, kMaxNameBytes));
  if (change.description) TRY(check_text(*change.description, "description", 0, kMaxDescriptionBytes));
  TRY(lock_tenant(tx, caller.tenant));
  auto settings = TRY(get_tenant(tx, caller.tenant)).settings;
  settings.org.title = change.title.value_or(settings.org.title);
  settings.org.description = change.description.value_or(settings.org.description);
  return update_tenant(tx, caller.tenant,
                       {.name = change.name, .hostname = change.hostname, .settings = std::move(settings)});
}

Result<model::Tenant> renew_join_secret(storage::Transaction& tx, Caller const& caller) {
  if (!has_rank(caller, model::TenantRole::admin))
    return fail(Errc::forbidden, "only an admin may change the join link");
  TRY(lock_tenant(tx, caller.tenant));
  auto settings = TRY(get_tenant(tx, caller.tenant)).settings;
  settings.org.join_secret = new_secret();
  return update_tenant(tx, caller.tenant, {.settings = std::move(settings)});
}

Result<bool> is_public(storage::Transaction& tx, TenantId tenant) {
  auto const channel =
      TRY(tx.first("SELECT 1 FROM conversations WHERE tenant_id = $1 AND access = $2 AND archived_at = 0 LIMIT 1",
                   {tenant, model::Access::anyone}, [](storage::Row const& row) { return row.flag(0); }));
  return channel.has_value();
}

}  // namespace parlance::core
