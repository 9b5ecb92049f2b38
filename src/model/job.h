#pragma once

#include <cstdint>
#include <string>

#include "base/clock.h"
#include "base/ids.h"

namespace parlance::model {

/// The numbers are stored.
enum class JobState { ready = 0, dead = 1 };

/// Background work that survives a crash: written in the transaction of what causes it, taken under a lease, run at
/// least once, deleted when done, kept as a dead letter after its last attempt.
struct Job {
  JobId id;
  TenantId tenant;
  std::string kind;
  std::string payload;  ///< JSON
  JobState state = JobState::ready;
  std::int64_t attempts = 0;  ///< this one included
  Timestamp created_at = 0;
  Timestamp last_attempt_at = 0;
  std::string last_error;
};

}  // namespace parlance::model
