#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "base/guarded.h"

namespace parlance::jobs {

enum class AttemptOutcome { done, failed, dead };

struct AttemptCounts {
  std::uint64_t done = 0;
  std::uint64_t failed = 0;  ///< attempts that will be repeated
  std::uint64_t dead = 0;    ///< last attempts that failed

  friend bool operator==(AttemptCounts const&, AttemptCounts const&) = default;
};

/// What became of the attempts since the start, by kind: the kinds of jobs, "message_delivery" and
/// "notification_delivery". Any thread.
class Statistics {
 public:
  void count(std::string_view kind, AttemptOutcome outcome);
  std::map<std::string, AttemptCounts> snapshot() const;

 private:
  Guarded<std::map<std::string, AttemptCounts, std::less<>>> counts_;
};

}  // namespace parlance::jobs
