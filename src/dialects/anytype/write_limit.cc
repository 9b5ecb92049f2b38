#include "dialects/anytype/write_limit.h"

#include <fmt/format.h>

#include "api/identity.h"
#include "base/clock.h"

namespace parlance::anytype {

std::optional<api::RateDecision> take_write(Gateway& gateway, http::Request const& request) {
  auto const& identity = api::identity_of(request);
  if (gateway.options.write_rate.burst == 0 || identity.tenant->tenant.rate_limit == 0) return std::nullopt;
  auto const key =
      fmt::format("{}/{}/{}", identity.caller.tenant.value, identity.caller.user.value, request.route->operation_id);
  return gateway.writes.take(key, monotonic_now());
}

void add_write_headers(http::Response& response, http::Request const& request, Options const& options,
                       api::RateDecision const& decision) {
  response.headers.set("X-Rate-Limit-Limit", fmt::format("{}.00", options.write_rate.per_second));
  response.headers.set("X-Rate-Limit-Duration", "1");
  response.headers.set("X-Rate-Limit-Request-Remote-Addr", request.remote_address);
  response.headers.set("RateLimit-Limit", std::to_string(decision.limit));
  response.headers.set("RateLimit-Reset", "1");
  response.headers.set("RateLimit-Remaining", std::to_string(decision.remaining));
}

}  // namespace parlance::anytype
