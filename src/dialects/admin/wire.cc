#include "dialects/admin/wire.h"

#include "api/spelling.h"
#include "base/clock.h"

namespace parlance::admin {

static_assert(static_cast<int>(UserRole::guest) == static_cast<int>(model::TenantRole::guest));
static_assert(static_cast<int>(SpaceRole::viewer) == static_cast<int>(model::SpaceRole::viewer));

Tenant tenant_view(model::Tenant const& tenant) {
  Tenant view;
  view.tenant_id = api::spell_tenant(tenant.id);
  view.org_id = api::spell_struct(api::StructType::org, tenant.id.value);
  view.name = tenant.name;
  if (!tenant.hostname.empty()) view.hostname.value = tenant.hostname;
  view.rate_limit = tenant.rate_limit;
  view.created_at = format_rfc3339(tenant.created_at);
  return view;
}

User user_view(model::User const& user) {
  return {user.external_id, user.id.value, user.name, user.email, static_cast<UserRole>(user.role)};
}

}  // namespace parlance::admin
