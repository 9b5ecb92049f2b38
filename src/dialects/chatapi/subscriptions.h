#pragma once

#include "api/services.h"
#include "base/task.h"
#include "http/request.h"
#include "http/response.h"

namespace parlance::chatapi {

/// POST /subscriptions: 201 the caller's subscription to a topic of notifications; twice is the first one again.
Task<Result<http::Response>> subscribe(api::Services& services, http::Request& request);
/// GET /subscriptions: the caller's own.
Task<Result<http::Response>> list_subscriptions(api::Services& services, http::Request& request);
/// DELETE /subscriptions/{subscription_id}: 204.
Task<Result<http::Response>> unsubscribe(api::Services& services, http::Request& request);

}  // namespace parlance::chatapi
