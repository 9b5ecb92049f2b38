#include "storage/reconnect.h"

#include <algorithm>

#include "base/clock.h"
#include "base/log.h"
#include "storage/verb.h"

namespace parlance::storage {
namespace {

constexpr std::int64_t kFirstDelay = kSecond / 10;
constexpr std::int64_t kLongestDelay = 5 * kSecond;

}  // namespace

Result<void> Reconnect::ensure() {
  if (connection_.condition() != Condition::lost) [[likely]]
    return {};
  if (monotonic_now() < next_attempt_) return busy("the database is not available");
  auto const connected = connection_.reconnect();
  if (!connected) {
    delay_ = std::clamp(2 * delay_, kFirstDelay, kLongestDelay);
    next_attempt_ = monotonic_now() + delay_;
    return busy("the database is not available");
  }
  log::info("the connection to the database is back");
  delay_ = 0;
  return {};
}

}  // namespace parlance::storage
