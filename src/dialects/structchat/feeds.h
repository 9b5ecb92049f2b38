#pragma once

#include "base/task.h"
#include "dialects/structchat/gateway.h"
#include "http/request.h"
#include "http/response.h"

namespace parlance::structchat {

/// GET /v1/feeds: {data: […], ok}: the three that everybody has, then the caller's own.
Task<Result<http::Response>> list_feeds(Gateway& gateway, http::Request& request);
/// GET /v1/feed/{feed_id}, /v1/feed and /v1/feed/ (6N1): {data: […], ok}; `page` from 1, `per_page` 1 to 100,
/// default 20.
Task<Result<http::Response>> get_feed(Gateway& gateway, http::Request& request);
/// POST /v1/feed {name, channel_ids?, user_ids?, bits?}: {data, ok}.
Task<Result<http::Response>> create_feed(Gateway& gateway, http::Request& request);
/// PUT /v1/feed {id, name, channel_ids?, user_ids?, bits?}: {data, ok}. What is left out is emptied, but for the name;
/// `bits: {deleted: true}` deletes. For its owner; 403 for the three that everybody has.
Task<Result<http::Response>> replace_feed(Gateway& gateway, http::Request& request);

}  // namespace parlance::structchat
