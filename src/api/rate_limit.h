#pragma once

#include "api/token_bucket.h"
#include "base/result.h"
#include "http/response.h"
#include "model/tenant.h"

namespace parlance::api {

/// A tenant's limit in requests a second: as much at once as in a second.
inline Rate rate_of(model::Tenant const& tenant) { return {tenant.rate_limit, tenant.rate_limit}; }

/// Sets X-RateLimit-Limit, -Remaining and -Reset (unix seconds when the bucket will be full again). Where there is no
/// limit they say the largest that there can be, all of it left: a 0 would make clients wait that pace themselves.
void add_rate_headers(http::Response& response, RateDecision const& decision);

/// rate_limited, with when to come back.
Error rate_limited(RateDecision const& decision);

}  // namespace parlance::api
