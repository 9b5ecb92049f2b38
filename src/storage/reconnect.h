#pragma once

#include <cstdint>

#include "storage/connection.h"

namespace parlance::storage {

/// Brings a lost connection back, at first at once, then ever more seldom (up to 5 s) while that fails. One thread.
class Reconnect {
 public:
  explicit Reconnect(Connection& connection) : connection_(connection) {}

  /// Error: unavailable while the connection is lost and either cannot be made or was tried a moment ago.
  Result<void> ensure();

 private:
  Connection& connection_;
  std::int64_t delay_ = 0;
  std::int64_t next_attempt_ = 0;  // monotonic
};

}  // namespace parlance::storage
