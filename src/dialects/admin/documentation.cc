#include "dialects/admin/documentation.h"

#include "api/access.h"

namespace parlance::admin {

http::OpenApiInfo openapi_info(std::string_view version) {
  http::OpenApiInfo info;
  info.title = "Parlance";
  info.version = version;
  info.description = "One conversation log, spoken in several published chat APIs.";
  info.security_schemes = {
      {"tenantKey",
       {{"type", "apiKey"}, {"in", "header"}, {"name", "X-API-Key"}, {"description", "A tenant's own backend."}}},
      {"actingUser",
       {{"type", "apiKey"},
        {"in", "header"},
        {"name", "X-User-Id"},
        {"description", "The user a tenant's backend acts for; created on first use."}}},
      {"userToken",
       {{"type", "http"},
        {"scheme", "bearer"},
        {"description", "A token of POST /admin/tokens, a JWT of the tenant's own issuer, or a tenant's key."}}},
      {"masterKey",
       {{"type", "apiKey"},
        {"in", "header"},
        {"name", "X-Master-Key"},
        {"description", "The operator; for /admin/tenants."}}}};
  boost::json::array const none;
  boost::json::object const acting{{"tenantKey", none}, {"actingUser", none}};
  boost::json::object const key{{"tenantKey", none}};
  boost::json::object const bearer{{"userToken", none}};
  info.security = {acting, bearer};
  info.security_of_access = {{api::Access::optional, {acting, bearer, boost::json::object()}},
                             {api::Access::tenant, {key, bearer}},
                             {api::Access::backend, {key, bearer}},
                             {api::Access::master, {boost::json::object{{"masterKey", none}}}}};
  info.public_access = api::Access::open;
  return info;
}

}  // namespace parlance::admin
