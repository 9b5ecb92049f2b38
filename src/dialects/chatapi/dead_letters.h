#pragma once

#include "api/services.h"
#include "base/task.h"
#include "http/request.h"
#include "http/response.h"

namespace parlance::chatapi {

/// GET /admin/dead-letters?tenant_id=: what could not be delivered to users and to the tenant's webhook, newest first,
/// at most `limit` of each list. For the tenant's key; another tenant's id is forbidden. Each entry's `id` is what
/// POST /admin/dead-letters/{id}/redrive takes.
Task<Result<http::Response>> list_dead_letters(api::Services& services, http::Request& request);

}  // namespace parlance::chatapi
