#pragma once

#include "base/task.h"
#include "dialects/snapbooks/routes.h"
#include "http/request.h"
#include "http/response.h"

namespace parlance::snapbooks {

Task<Result<http::Response>> list_threads(Dialect& dialect, http::Request& request);
Task<Result<http::Response>> create_thread(Dialect& dialect, http::Request& request);
Task<Result<http::Response>> get_thread(Dialect& dialect, http::Request& request);
Task<Result<http::Response>> update_thread(Dialect& dialect, http::Request& request);

}  // namespace parlance::snapbooks
