#include "dialects/admin/routes.h"

#include "api/access.h"
#include "api/process.h"
#include "dialects/admin/dead_letters.h"
#include "dialects/admin/documentation.h"
#include "dialects/admin/errors.h"
#include "dialects/admin/objects.h"
#include "dialects/admin/probes.h"
#include "dialects/admin/settings.h"
#include "dialects/admin/spaces.h"
#include "dialects/admin/tenants.h"
#include "dialects/admin/tokens.h"
#include "dialects/admin/users.h"
#include "dialects/admin/wire.h"

namespace parlance::admin {
namespace {

using api::Access;
using http::Method;

using Endpoint = Task<Result<http::Response>> (*)(api::Services&, http::Request&);

auto bound(api::Services& services, Endpoint endpoint) {
  return [&services, endpoint](http::Request& request) { return endpoint(services, request); };
}

void add_tenant_routes(http::RouteGroup& group, api::Services& services, std::int64_t default_rate_limit) {
  group
      .add(Method::post, "/admin/tenants", "createTenant",
           [&services, default_rate_limit](http::Request& request) {
             return create_tenant(services, request, default_rate_limit);
           })
      .set_summary("Create a tenant; its key is shown this once")
      .set_access(Access::master)
      .takes<NewTenant>()
      .returns<CreatedTenant>(201);
  group.add(Method::get, "/admin/tenants", "listTenants", bound(services, list_tenants))
      .set_summary("All tenants")
      .set_access(Access::master)
      .returns<TenantList>();
  group.add(Method::get, "/admin/tenants/{tenant_id}", "getTenant", bound(services, get_tenant))
      .set_summary("One tenant")
      .set_access(Access::master)
      .returns<Tenant>();
  group.add(Method::patch, "/admin/tenants/{tenant_id}", "updateTenant", bound(services, update_tenant))
      .set_summary("Change name, hostname or rate limit")
      .set_access(Access::master)
      .takes<TenantChange>()
      .returns<Tenant>();
  group.add(Method::del, "/admin/tenants/{tenant_id}", "deleteTenant", bound(services, delete_tenant))
      .set_summary("Delete a tenant with everything in it")
      .set_access(Access::master)
      .answers(204);
}

void add_people_routes(http::RouteGroup& group, api::Services& services) {
  group.add(Method::post, "/admin/tokens", "createToken", bound(services, create_token))
      .set_summary("Issue a token for a user; shown this once")
      .set_access(Access::backend)
      .takes<NewToken>()
      .returns<Token>(201);
  group.add(Method::del, "/admin/tokens/{id}", "revokeToken", bound(services, revoke_token))
      .set_summary("Revoke a token")
      .set_access(Access::backend)
      .answers(204);
  group.add(Method::put, "/admin/users/{user_id}", "putUser", bound(services, put_user))
      .set_summary("Create or change a user")
      .set_access(Access::backend)
      .takes<UserChange>()
      .returns<User>();
  group.add(Method::post, "/admin/spaces", "createAdminSpace", bound(services, create_space))
      .set_summary("Create a space with its members")
      .set_access(Access::backend)
      .takes<NewSpace>()
      .returns<Space>(201);
  group.add(Method::put, "/admin/spaces/{space}/members/{user_id}", "putSpaceMember", bound(services, put_space_member))
      .set_summary("Add a member to a space, or change its role")
      .set_access(Access::backend)
      .takes<SpaceRoleChange>()
      .returns<SpaceMembership>();
  group
      .add(Method::del, "/admin/spaces/{space}/members/{user_id}", "removeSpaceMember",
           bound(services, remove_space_member))
      .set_summary("Take a member out of a space")
      .set_access(Access::backend)
      .answers(204);
}

void add_settings_routes(http::RouteGroup& group, api::Services& services) {
  group.add(Method::put, "/admin/webhooks", "putWebhook", bound(services, put_webhook))
      .set_summary("Where to send webhooks; an empty url sends none")
      .set_access(Access::backend)
      .takes<Webhook>()
      .returns<WebhookView>();
  group.add(Method::put, "/admin/jwt", "putIssuer", bound(services, put_issuer))
      .set_summary("The tenant's own issuer of user tokens")
      .set_access(Access::backend)
      .takes<Issuer>()
      .returns<IssuerView>();
  group.add(Method::del, "/admin/jwt", "deleteIssuer", bound(services, delete_issuer))
      .set_summary("Take no more tokens of the tenant's own issuer")
      .set_access(Access::backend)
      .answers(204);
  group.add(Method::put, "/admin/action-policy", "putActionPolicy", bound(services, put_action_policy))
      .set_summary("Which writes of a code block wait for an approver")
      .set_access(Access::backend)
      .takes<ActionPolicy>()
      .returns<ActionPolicy>();
  group.add(Method::put, "/admin/namespaces", "putNamespaces", bound(services, put_namespaces))
      .set_summary("The tenant's own realtime channel namespaces")
      .set_access(Access::backend)
      .takes<Namespaces>()
      .returns<Namespaces>();
  group.add(Method::post, "/admin/dead-letters/{id}/redrive", "redriveDeadLetter", bound(services, redrive))
      .set_summary("Deliver a dead letter again, its attempts forgotten")
      .set_access(Access::backend)
      .answers(202);
}

void add_object_routes(http::RouteGroup& group, api::Services& services) {
  group.add(Method::get, "/admin/objects/{type}", "listObjects", bound(services, list_objects))
      .set_summary("What programs have made of a type, by id")
      .set_access(Access::backend)
      .parameter({.name = "page", .type = "integer", .description = "From 1."})
      .parameter({.name = "per_page", .type = "integer", .description = "1 to 100, default 100."})
      .returns<ObjectList>();
  group.add(Method::get, "/admin/objects/{type}/{id}", "getObject", bound(services, get_object))
      .set_summary("One thing that programs have made")
      .set_access(Access::backend)
      .returns<ObjectView>();
}

void add_process_routes(http::RouteGroup& group, api::Services& services, Options options) {
  group.add(Method::get, "/livez", "getLiveness", get_liveness)
      .set_summary("The process is running")
      .set_access(Access::open);
  group.add(Method::get, "/readyz", "getReadiness", bound(services, get_readiness))
      .set_summary("The process takes requests: its database can be written, and it is not stopping")
      .set_access(Access::open)
      .returns<Readiness>();
  group
      .add(Method::get, "/metrics", "getMetrics",
           [&services, refresh = std::move(options.refresh_metrics)](http::Request&) {
             refresh();
             return get_metrics(services);
           })
      .set_summary("Prometheus metrics")
      .set_access(Access::open);
}

}  // namespace

void add_routes(http::Router& router, api::Services& services, Options options) {
  auto& admin = router.add_group("admin", error_response, "Tenants, credentials, users, spaces and settings.");
  add_tenant_routes(admin, services, options.default_rate_limit);
  add_people_routes(admin, services);
  add_settings_routes(admin, services);
  add_object_routes(admin, services);
  auto& process = router.add_group("process", error_response, "What watches over the process.");
  add_process_routes(process, services, std::move(options));
  http::add_documentation_routes(process, router, openapi_info(services.process.version()));
  for (auto& route : process.routes) route.set_access(Access::open);
}

}  // namespace parlance::admin
