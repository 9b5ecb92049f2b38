#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/task.h"
#include "http/request.h"
#include "http/response.h"

namespace parlance::http {

class Next;

/// Wraps the handling of a request: answers itself, or passes on with `next(request)` and may change the reply. It need
/// not be a coroutine: what has nothing to add returns `next(request)` and costs nothing. Errors are rendered by
/// Router::render, so that they take the shape of the request's group.
using Middleware = std::function<Task<Response>(Request&, Next)>;

/// One entry of the list in pipeline.cc or of the application's own.
struct MiddlewareEntry {
  std::string_view name;
  std::string_view reason;  ///< why it stands where it stands
  Middleware middleware;
};

/// The rest of the list. Cheap to copy; good for one call.
class Next {
 public:
  using Endpoint = std::function<Task<Response>(Request&)>;

  Next(std::span<MiddlewareEntry const> rest, Endpoint const& endpoint) : rest_(rest), endpoint_(&endpoint) {}

  Task<Response> operator()(Request& request) const {
    if (rest_.empty()) return (*endpoint_)(request);
    return rest_.front().middleware(request, Next(rest_.subspan(1), *endpoint_));
  }

 private:
  std::span<MiddlewareEntry const> rest_;
  Endpoint const* endpoint_;
};

}  // namespace parlance::http
