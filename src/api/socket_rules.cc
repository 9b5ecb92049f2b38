#include "api/socket_rules.h"

#include <cstdint>
#include <string>
#include <utility>

#include "base/clock.h"

namespace parlance::api {

namespace {

constexpr std::uint16_t kPolicyViolation = 1008;

}  // namespace

Result<void> spend_request(Identity const& identity) {
  auto const decision = identity.tenant->bucket->take(monotonic_now());
  if (!decision.allowed) return std::unexpected(rate_limited(decision));
  return {};
}

http::Response as_rate_refusal(http::Response refusal, RateDecision const& rate) {
  refusal.headers.add("Retry-After", std::to_string(rate.retry_after_seconds));
  add_rate_headers(refusal, rate);
  return refusal;
}

LiveIdentity::OnEnd closing(std::shared_ptr<http::WebSocket> const& socket) {
  return [weak = std::weak_ptr(socket)](IdentityEnd why) {
    auto const open = weak.lock();
    if (open) open->close(kPolicyViolation, why == IdentityEnd::expired ? "credential expired" : "credential revoked");
  };
}

}  // namespace parlance::api
