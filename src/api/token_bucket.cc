#include "api/token_bucket.h"

#include <algorithm>

namespace parlance::api {
namespace {

constexpr std::int64_t kToken = 1'000'000;
constexpr std::int64_t kSecondMicros = 1'000'000;

/// Largest burst and refill that the arithmetic below holds.
constexpr std::int64_t kMost = 1'000'000'000;

Rate bounded(Rate rate) {
  return {std::clamp<std::int64_t>(rate.burst, 0, kMost), std::clamp<std::int64_t>(rate.per_second, 0, kMost)};
}

std::int64_t rounded_up(std::int64_t value, std::int64_t unit) { return (value + unit - 1) / unit; }

}  // namespace

TokenBucket::TokenBucket(Rate rate, std::int64_t now)
    : state_(State{bounded(rate), bounded(rate).burst * kToken, now}) {}

void TokenBucket::refill(State& state, std::int64_t now) {
  auto const elapsed = std::max<std::int64_t>(0, now - state.updated);
  auto const missing = state.rate.burst * kToken - state.tokens;
  // Per microsecond a rate of n a second brings n millionths.
  bool const fills_up = state.rate.per_second > 0 && elapsed >= rounded_up(missing, state.rate.per_second);
  state.tokens += fills_up ? missing : elapsed * state.rate.per_second;
  state.updated = std::max(now, state.updated);
}

RateDecision TokenBucket::take(std::int64_t now) {
  return state_.with([&](State& state) {
    RateDecision decision;
    if (state.rate.burst == 0) return decision;
    refill(state, now);
    decision.allowed = state.tokens >= kToken;
    if (decision.allowed) state.tokens -= kToken;
    decision.limit = state.rate.burst;
    decision.remaining = state.tokens / kToken;
    auto const speed = std::max<std::int64_t>(1, state.rate.per_second);
    decision.full_in_micros = rounded_up(state.rate.burst * kToken - state.tokens, speed);
    if (!decision.allowed) {
      auto const wait = rounded_up(rounded_up(kToken - state.tokens, speed), kSecondMicros);
      decision.retry_after_seconds = static_cast<int>(std::clamp<std::int64_t>(wait, 1, 86'400));
    }
    return decision;
  });
}

void TokenBucket::set_rate(Rate rate, std::int64_t now) {
  rate = bounded(rate);
  state_.with([&](State& state) {
    if (rate.burst == state.rate.burst && rate.per_second == state.rate.per_second) return;
    refill(state, now);
    bool const was_unlimited = state.rate.burst == 0;
    state.rate = rate;
    state.tokens = was_unlimited ? rate.burst * kToken : std::min(state.tokens, rate.burst * kToken);
  });
}

bool TokenBucket::is_full(std::int64_t now) const {
  return state_.with([&](State const& state) {
    State copy = state;
    refill(copy, now);
    return copy.tokens == copy.rate.burst * kToken;
  });
}

RateDecision LimiterMap::take(std::string_view key, std::int64_t now) {
  if (rate_.burst == 0) return {};
  return buckets_.with([&](Buckets& buckets) {
    auto found = buckets.find(std::string(key));
    if (found == buckets.end()) {
      if (buckets.size() >= capacity_) make_room(buckets, now);
      found = buckets.emplace(std::string(key), std::make_unique<TokenBucket>(rate_, now)).first;
    }
    return found->second->take(now);
  });
}

std::size_t LimiterMap::size() const {
  return buckets_.with([](Buckets const& buckets) { return buckets.size(); });
}

void LimiterMap::make_room(Buckets& buckets, std::int64_t now) {
  auto const dropped = std::erase_if(buckets, [&](auto const& entry) { return entry.second->is_full(now); });
  if (dropped == 0) buckets.clear();
}

}  // namespace parlance::api
