#pragma once

#include "base/task.h"
#include "dialects/conversations/operation.h"
#include "http/request.h"
#include "http/response.h"

/// The two routes that carry contents instead of JSON.
namespace parlance::conversations {

/// PUT of a ticket's URL: no credential but its signature. The body goes to the store as it comes.
Task<Result<http::Response>> put_content(Dialect& dialect, http::Request& request);

/// GET of an attachment's url, with the caller's credential; whole or a range.
Task<Result<http::Response>> get_content(Dialect& dialect, http::Request& request);

}  // namespace parlance::conversations
