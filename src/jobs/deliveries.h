#pragma once

#include <chrono>
#include <cstdint>
#include <set>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "base/guarded.h"
#include "core/deliveries.h"
#include "jobs/bell.h"
#include "jobs/retry.h"
#include "jobs/statistics.h"
#include "model/notification.h"
#include "realtime/broker.h"
#include "realtime/presence.h"
#include "storage/read_pool.h"
#include "storage/write_lane.h"

namespace parlance::jobs {

struct DeliveryOptions {
  RetryOptions retry;

  /// How long what a process that dies has taken stays with it.
  std::chrono::milliseconds lease{60'000};

  /// How often the queues are looked at without being woken.
  std::chrono::milliseconds poll{5'000};
};

/// Brings notifications to whoever is connected, at once or when they connect, and keeps the account of messages that
/// were sent while a member was away: another attempt counts each time the member is found to be still away, and the
/// last one leaves a dead letter. A notification reaches a connected recipient at least once: of several nodes, one
/// that the recipient is connected to brings it; the others hand it over. Any thread.
class Deliveries {
 public:
  Deliveries(storage::WriteLanes& lanes, storage::ReadPool& reads, realtime::Broker& broker,
             realtime::Presence const& presence, Statistics& statistics, DeliveryOptions options);
  Deliveries(Deliveries const&) = delete;
  Deliveries& operator=(Deliveries const&) = delete;
  ~Deliveries();

  void start();
  /// Idempotent.
  void stop();

  /// Something may be due. Cheap.
  void wake() { bell_.ring(); }

  /// A user has connected: its notifications are due now, and its missed messages are being replayed to it.
  void welcome(TenantId tenant, UserId user);

 private:
  using Arrivals = std::set<std::pair<TenantId, UserId>>;
  struct Notified {
    model::NotificationDelivery delivery;
    bool has_reached = false;
    bool is_elsewhere = false;  ///< the recipient is connected to another node, and not to this one
  };
  struct Missed {
    core::MessageDelivery delivery;
    bool has_reached = false;
  };
  struct Taken {
    std::vector<Notified> notifications;
    std::vector<Missed> messages;
    bool empty() const { return notifications.empty() && messages.empty(); }
  };

  void run();
  std::chrono::microseconds turn();
  Result<std::chrono::microseconds> time_to_next();
  Result<Taken> take(Arrivals const& arrivals);
  void reach(Taken& taken);
  void hand_over(Taken const& taken) const;
  void take_over(realtime::Note const& note);
  Result<void> settle(storage::Transaction& tx, Taken const& taken) const;
  Result<void> settle(storage::Transaction& tx, Notified const& notified) const;
  Result<void> settle(storage::Transaction& tx, Missed const& missed) const;
  void count(Taken const& taken);
  void count(std::string_view kind, bool has_reached, std::int64_t attempts);

  storage::WriteLanes& lanes_;
  storage::ReadPool& reads_;
  realtime::Broker& broker_;
  realtime::Presence const& presence_;
  Statistics& statistics_;
  DeliveryOptions const options_;
  Bell bell_;
  Guarded<Arrivals> arrivals_;
  std::jthread thread_;
};

}  // namespace parlance::jobs
