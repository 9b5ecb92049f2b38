#include "http/cross_origin.h"

#include <algorithm>

#include "base/text.h"

namespace parlance::http {
namespace {

constexpr std::string_view kExposed =
    "X-Request-Id, Retry-After, X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset, Content-Range, Location";

class OriginPolicy {
 public:
  OriginPolicy(Router const& router, std::vector<std::string> allowed)
      : router_(router), allowed_(std::move(allowed)) {}

  bool allows(std::string_view origin) const {
    return std::ranges::any_of(allowed_,
                               [&](auto const& item) { return item == "*" || equals_ignoring_case(item, origin); });
  }

  /// True where the page came from the host that it talks to.
  static bool is_same_host(std::string_view origin, Request const& request) {
    auto const scheme = origin.find("://");
    auto const host = request.headers.find("Host");
    return host && scheme != std::string_view::npos && equals_ignoring_case(origin.substr(scheme + 3), *host);
  }

  Task<Response> answer_options(Request& request, Next next) const {
    auto const methods = router_.allowed_methods(request.path);
    if (methods.empty()) co_return co_await next(request);
    auto response = Response::empty(204);
    response.headers.add("Allow", methods);
    auto const origin = request.headers.find("Origin");
    if (origin && allows(*origin)) {
      mark(response, *origin);
      response.headers.add("Access-Control-Allow-Methods", methods);
      if (auto const names = request.headers.find("Access-Control-Request-Headers")) {
        response.headers.add("Access-Control-Allow-Headers", *names);
      }
      response.headers.add("Access-Control-Max-Age", "600");
    }
    co_return response;
  }

  Task<Response> mark_reply(Request& request, Next next) const {
    auto response = co_await next(request);
    mark(response, *request.headers.find("Origin"));
    co_return response;
  }

  Task<Response> refuse(Request& request) const {
    co_return router_.render(Error{Errc::forbidden, "pages of this origin may not connect", "Origin", 0}, request);
  }

 private:
  static void mark(Response& response, std::string_view origin) {
    response.headers.add("Access-Control-Allow-Origin", origin);
    response.headers.add("Access-Control-Expose-Headers", kExposed);
    response.headers.add("Vary", "Origin");
  }

  Router const& router_;
  std::vector<std::string> allowed_;
};

}  // namespace

Middleware cross_origin(Router const& router, std::vector<std::string> allowed_origins) {
  auto policy = std::make_shared<OriginPolicy const>(router, std::move(allowed_origins));
  return [policy](Request& request, Next next) -> Task<Response> {
    bool const asks_options =
        request.method == Method::options && request.rejection && request.rejection->status == 405;
    if (asks_options) return policy->answer_options(request, next);
    auto const origin = request.headers.find("Origin");
    if (!origin) return next(request);
    if (policy->allows(*origin)) return policy->mark_reply(request, next);
    if (request.is_websocket_upgrade() && !OriginPolicy::is_same_host(*origin, request)) return policy->refuse(request);
    return next(request);
  };
}

}  // namespace parlance::http
