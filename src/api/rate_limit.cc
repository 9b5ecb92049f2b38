#include "api/rate_limit.h"

#include "base/clock.h"

namespace parlance::api {

void add_rate_headers(http::Response& response, RateDecision const& decision) {
  bool const is_limited = decision.limit > 0;
  auto const full_at = now() + decision.full_in_micros;
  response.headers.set("X-RateLimit-Limit", std::to_string(is_limited ? decision.limit : model::kMaxRateLimit));
  response.headers.set("X-RateLimit-Remaining", std::to_string(is_limited ? decision.remaining : model::kMaxRateLimit));
  response.headers.set("X-RateLimit-Reset", std::to_string((full_at + kSecond - 1) / kSecond));
}

Error rate_limited(RateDecision const& decision) {
  return {Errc::rate_limited, "too many requests", {}, decision.retry_after_seconds};
}

}  // namespace parlance::api
