#pragma once

#include "api/services.h"
#include "base/task.h"
#include "http/request.h"
#include "http/response.h"

namespace parlance::admin {

/// POST /admin/tenants: 201 with the key, which is shown only here.
Task<Result<http::Response>> create_tenant(api::Services& services, http::Request& request,
                                           std::int64_t default_rate_limit);
/// GET /admin/tenants
Task<Result<http::Response>> list_tenants(api::Services& services, http::Request& request);
/// GET /admin/tenants/{tenant_id}
Task<Result<http::Response>> get_tenant(api::Services& services, http::Request& request);
/// PATCH /admin/tenants/{tenant_id}
Task<Result<http::Response>> update_tenant(api::Services& services, http::Request& request);
/// DELETE /admin/tenants/{tenant_id}: every row of it.
Task<Result<http::Response>> delete_tenant(api::Services& services, http::Request& request);

}  // namespace parlance::admin
