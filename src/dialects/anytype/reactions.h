#pragma once

#include "api/services.h"
#include "base/task.h"
#include "http/request.h"
#include "http/response.h"

namespace parlance::anytype {

/// POST …/messages/{message_id}/reactions {emoji}: {added}, whether the caller's reaction is there now.
Task<Result<http::Response>> toggle_reaction(api::Services& services, http::Request& request);

}  // namespace parlance::anytype
