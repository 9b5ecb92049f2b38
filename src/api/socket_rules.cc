#include "api/socket_rules.h"

#include <chrono>
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

void close_at_expiry(std::shared_ptr<http::WebSocket> const& socket, Identity const& identity) {
  if (identity.expires_at == 0) return;
  auto const left = std::chrono::milliseconds((identity.expires_at - now()) / 1000);
  socket->executor().call_after(left, [weak = std::weak_ptr(socket)] {
    if (auto const open = weak.lock()) open->close(kPolicyViolation, "credential expired");
  });
}

}  // namespace parlance::api
