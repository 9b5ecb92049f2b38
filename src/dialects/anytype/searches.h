#pragma once

#include "api/services.h"
#include "base/task.h"
#include "http/request.h"
#include "http/response.h"

namespace parlance::anytype {

/// POST …/search {query}: {results}, best first; `offset` and `limit` are in the query. Highlight ranges are UTF-16
/// offsets into the highlight.
Task<Result<http::Response>> search_messages(api::Services& services, http::Request& request);

}  // namespace parlance::anytype
