#pragma once

#include <chrono>
#include <functional>
#include <thread>

#include "jobs/bell.h"
#include "storage/write_lane.h"

namespace parlance::jobs {

struct HousekeepingOptions {
  /// How long events stay replayable.
  std::chrono::hours event_retention{30 * 24};

  /// How long an answer to an idempotency key is kept.
  std::chrono::hours answer_retention{48};

  std::chrono::milliseconds period{std::chrono::minutes(10)};
};

/// Deletes what has had its time: events past retention, answers to idempotency keys, expired tokens. In small
/// transactions with rests between them, so that nobody waits for it. Any thread.
class Housekeeping {
 public:
  Housekeeping(storage::WriteLanes& lanes, HousekeepingOptions options) : lanes_(lanes), options_(options) {}
  Housekeeping(Housekeeping const&) = delete;
  Housekeeping& operator=(Housekeeping const&) = delete;
  ~Housekeeping() { stop(); }

  void start();
  /// Idempotent.
  void stop();

  /// One pass, on the caller's thread.
  void tidy();

 private:
  using Trim = std::function<Result<std::int64_t>(storage::Transaction&)>;

  void trim_all(char const* what, Trim const& trim);

  storage::WriteLanes& lanes_;
  HousekeepingOptions const options_;
  Bell bell_;
  std::jthread thread_;
};

}  // namespace parlance::jobs
