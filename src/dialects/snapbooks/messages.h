#pragma once

#include "base/task.h"
#include "dialects/snapbooks/routes.h"
#include "http/request.h"
#include "http/response.h"

namespace parlance::snapbooks {

Task<Result<http::Response>> list_messages(Dialect& dialect, http::Request& request);
Task<Result<http::Response>> add_message(Dialect& dialect, http::Request& request);
Task<Result<http::Response>> update_message(Dialect& dialect, http::Request& request);

}  // namespace parlance::snapbooks
