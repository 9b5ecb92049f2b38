#pragma once

#include <string>
#include <vector>

#include "base/log.h"
#include "http/metrics.h"
#include "http/middleware.h"
#include "http/router.h"

namespace parlance::http {

struct PipelineOptions {
  /// Origins that browsers may call from, for HTTP and WebSockets ("https://app.example.com"); "*" is any. Default
  /// none: only pages of this very host.
  std::vector<std::string> allowed_origins;
  /// The form of the one line per request.
  log::Format access_log = log::Format::text;
};

/// The way of every request: the list of middlewares, then its route's handler. Made once at start, then read by any
/// thread; the router must outlive it.
class Pipeline {
 public:
  Pipeline(Router const& router, Metrics& metrics, PipelineOptions options);

  /// Adds the application's own, behind all that are there. Before the server starts.
  void append(std::string_view name, std::string_view reason, Middleware middleware);

  std::vector<MiddlewareEntry> const& entries() const { return entries_; }

  /// Handles `request`, which must live until the task is done. Never throws: what a handler throws is logged and
  /// answered with 500.
  Task<Response> run(Request& request) const;

 private:
  std::vector<MiddlewareEntry> entries_;
  Next::Endpoint endpoint_;
};

}  // namespace parlance::http
