#pragma once

#include "base/task.h"
#include "dialects/snapbooks/routes.h"
#include "http/request.h"
#include "http/response.h"

namespace parlance::snapbooks {

Task<Result<http::Response>> list_participants(Dialect& dialect, http::Request& request);
Task<Result<http::Response>> add_participant(Dialect& dialect, http::Request& request);

}  // namespace parlance::snapbooks
