#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/guarded.h"

namespace parlance::api {

/// How much and how fast. Both 0: no limit.
struct Rate {
  std::int64_t burst = 0;       ///< what may be taken at once
  std::int64_t per_second = 0;  ///< refill
};

/// What came of asking for one token.
struct RateDecision {
  bool allowed = true;
  std::int64_t limit = 0;           ///< the burst; 0 = no limit
  std::int64_t remaining = 0;       ///< whole tokens left
  std::int64_t full_in_micros = 0;  ///< until the bucket is full again
  int retry_after_seconds = 0;      ///< at least 1 where not allowed
};

/// A token bucket. Times are microseconds of monotonic_now(). Any thread.
class TokenBucket {
 public:
  TokenBucket(Rate rate, std::int64_t now);

  RateDecision take(std::int64_t now);

  /// From now on; what is in the bucket stays, up to the new burst.
  void set_rate(Rate rate, std::int64_t now);

  /// Nothing has been taken, or all of it has come back: as good as a new one.
  bool is_full(std::int64_t now) const;

 private:
  struct State {
    Rate rate;
    std::int64_t tokens = 0;  ///< in millionths
    std::int64_t updated = 0;
  };
  static void refill(State& state, std::int64_t now);

  mutable Guarded<State> state_;
};

/// Buckets by key, for limits finer than a tenant's (caller and route, say). At most `capacity` of them: beyond it
/// full ones are dropped, and where none is full, all are (callers get a fresh burst). Any thread.
class LimiterMap {
 public:
  explicit LimiterMap(Rate rate, std::size_t capacity = 100'000) : rate_(rate), capacity_(capacity) {}

  RateDecision take(std::string_view key, std::int64_t now);
  std::size_t size() const;

 private:
  using Buckets = std::unordered_map<std::string, std::unique_ptr<TokenBucket>>;
  static void make_room(Buckets& buckets, std::int64_t now);

  Rate rate_;
  std::size_t capacity_;
  Guarded<Buckets> buckets_;
};

}  // namespace parlance::api
