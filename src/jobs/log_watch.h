#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <thread>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/guarded.h"
#include "jobs/bell.h"
#include "model/event.h"
#include "realtime/broker.h"
#include "storage/read_pool.h"

namespace parlance::jobs {

struct LogWatchOptions {
  std::chrono::milliseconds interval{3'000};

  /// The same while the bus is down, when this is all that is heard of other nodes.
  std::chrono::milliseconds interval_alone{500};

  /// How long after its row was numbered an event may become visible.
  std::chrono::milliseconds slack{10'000};

  /// How long an event may be on its way over the bus.
  std::chrono::milliseconds patience{300};
};

/// Finds in the log what no node has announced here, and points it out to whoever follows it: so that with several
/// nodes nothing is lost whatever the bus does. One query now and then, however many streams there are. Any thread.
class LogWatch {
 public:
  /// Before the broker starts. Both must outlive the watch.
  LogWatch(storage::ReadPool& reads, realtime::Broker& broker, LogWatchOptions options = {});
  LogWatch(LogWatch const&) = delete;
  LogWatch& operator=(LogWatch const&) = delete;
  ~LogWatch();

  void start();
  /// Idempotent.
  void stop();

 private:
  using Clock = std::chrono::steady_clock;
  struct Place {
    TenantId tenant;
    ConversationId conversation;
    friend bool operator==(Place const&, Place const&) = default;
  };
  struct PlaceHash {
    std::size_t operator()(Place const& place) const noexcept {
      return std::hash<std::int64_t>{}(place.conversation.value * 31 + place.tenant.value);
    }
  };
  using Offsets = std::unordered_map<Place, std::int64_t, PlaceHash>;
  /// The newest offset that was announced of each conversation, for as long as its row may be looked at.
  struct Announced {
    Offsets young;
    Offsets old;
    Clock::time_point turned_at;
  };

  void note(Place place, std::int64_t offset);
  void drop_announced(std::vector<realtime::Moved>& moves);
  void run();
  Result<void> look();
  std::int64_t first_row(std::int64_t newest);

  storage::ReadPool& reads_;
  realtime::Broker& broker_;
  LogWatchOptions const options_;
  Guarded<Announced> announced_;
  std::deque<std::pair<Clock::time_point, std::int64_t>> rows_;  ///< the newest row at each look
  Bell bell_;
  std::jthread thread_;
};

}  // namespace parlance::jobs
