#include "jobs/deliveries.h"

#include <algorithm>
#include <exception>

#include "base/log.h"
#include "base/packed.h"
#include "core/notifications.h"

namespace parlance::jobs {
namespace {

constexpr std::int64_t kLaneKey = 0;
constexpr std::int64_t kAtOnce = 200;
constexpr std::size_t kArrivalsAtOnce = 200;
constexpr std::string_view kUserOffline = "user offline";

/// The wait after a failed write, and where other nodes are at work on what is due.
constexpr std::chrono::milliseconds kRest{250};

/// What is handed over to other nodes, and how long they have to take it before any node looks again.
constexpr std::string_view kTopic = "deliveries";
constexpr std::chrono::milliseconds kHandover{2'000};

}  // namespace

Deliveries::Deliveries(storage::WriteLanes& lanes, storage::ReadPool& reads, realtime::Broker& broker,
                       realtime::Presence const& presence, Statistics& statistics, DeliveryOptions options)
    : lanes_(lanes), reads_(reads), broker_(broker), presence_(presence), statistics_(statistics), options_(options) {
  broker.on_note(std::string(kTopic), [this](realtime::Note const& note) { take_over(note); });
}

Deliveries::~Deliveries() { stop(); }

void Deliveries::start() {
  thread_ = std::jthread([this] { run(); });
}

void Deliveries::stop() {
  bell_.close();
  if (thread_.joinable()) thread_.join();
}

void Deliveries::welcome(TenantId tenant, UserId user) {
  arrivals_.with([&](Arrivals& arrivals) { arrivals.emplace(tenant, user); });
  bell_.ring();
}

void Deliveries::run() {
  while (!bell_.is_closed()) bell_.wait_for(turn());
}

/// Works on what is due. Returns how long nothing is to be done, unless woken.
std::chrono::microseconds Deliveries::turn() {
  Arrivals arrivals;
  arrivals_.with([&](Arrivals& all) {
    while (!all.empty() && arrivals.size() < kArrivalsAtOnce) arrivals.insert(all.extract(all.begin()));
  });
  if (arrivals.empty()) {
    auto const wait = time_to_next();
    if (!wait || wait->count() > 0) return wait.value_or(options_.poll);
  }
  auto taken = take(arrivals);
  if (!taken) {
    log::warn("deliveries could not be taken: {}", taken.error().message);
    arrivals_.with([&](Arrivals& all) { all.merge(arrivals); });
    return kRest;
  }
  if (taken->empty()) return arrivals.empty() ? kRest : std::chrono::microseconds(0);
  reach(*taken);
  while (true) {
    auto const settled = lanes_.run(kLaneKey, [&](storage::Transaction& tx) { return settle(tx, *taken); });
    if (settled) break;
    log::warn("deliveries could not be written down: {}", settled.error().message);
    if (bell_.rest_for(kRest)) return kRest;
  }
  hand_over(*taken);
  count(*taken);
  return std::chrono::microseconds(0);
}

Result<std::chrono::microseconds> Deliveries::time_to_next() {
  auto const next_at = TRY(reads_.run([](storage::Transaction& tx) -> Result<Timestamp> {
    auto const notification_at = TRY(core::next_notification_at(tx));
    auto const message_at = TRY(core::next_delivery_at(tx));
    if (notification_at == 0 || message_at == 0) return std::max(notification_at, message_at);
    return std::min(notification_at, message_at);
  }));
  std::chrono::microseconds const poll = options_.poll;
  if (next_at == 0) return poll;
  return std::clamp(std::chrono::microseconds(next_at - now()), std::chrono::microseconds(0), poll);
}

Result<Deliveries::Taken> Deliveries::take(Arrivals const& arrivals) {
  return lanes_.run(kLaneKey, [&](storage::Transaction& tx) -> Result<Taken> {
    for (auto const& [tenant, user] : arrivals) {
      if (!presence_.is_connected_here(tenant, user)) continue;
      TRY(core::hasten_notifications(tx, tenant, user));
      TRY(core::finish_deliveries_of(tx, tenant, user));
    }
    auto const lease_until = tx.now() + std::chrono::microseconds(options_.lease).count();
    Taken taken;
    for (auto& delivery : TRY(core::take_notification_deliveries(tx, tx.now(), lease_until, kAtOnce)))
      taken.notifications.push_back({std::move(delivery)});
    for (auto& delivery : TRY(core::take_deliveries(tx, tx.now(), lease_until, kAtOnce)))
      taken.messages.push_back({std::move(delivery)});
    return taken;
  });
}

/// Finds out who is there, and sends notifications to those: one signal for each notification, however many get it.
void Deliveries::reach(Taken& taken) {
  for (auto& one : taken.messages) one.has_reached = presence_.is_connected(one.delivery.tenant, one.delivery.user);
  auto const same = [](Notified const& left, Notified const& right) {
    return left.delivery.notification.id == right.delivery.notification.id;
  };
  for (auto first = taken.notifications.begin(); first != taken.notifications.end();) {
    auto const& notification = first->delivery.notification;
    realtime::Signal signal;
    signal.tenant = notification.tenant;
    signal.kind = realtime::SignalKind::notification;
    signal.notification = notification;
    signal.at = now();
    auto last = first;
    for (; last != taken.notifications.end() && same(*first, *last); ++last) {
      auto const user = last->delivery.user;
      last->has_reached = presence_.is_connected_here(notification.tenant, user);
      last->is_elsewhere = !last->has_reached && presence_.is_connected(notification.tenant, user);
      if (last->has_reached) signal.users.push_back(user);
    }
    if (!signal.users.empty()) broker_.send(std::move(signal));
    first = last;
  }
}

/// Tells the nodes that have the recipients. One that misses it finds them due a little later.
void Deliveries::hand_over(Taken const& taken) const {
  PackedWriter out;
  for (auto const& one : taken.notifications) {
    if (!one.is_elsewhere) continue;
    out.item(1, one.delivery.notification.tenant.value).item(2, one.delivery.user.value);
  }
  if (out.size() > 0) broker_.tell(std::string(kTopic), out.take());
}

void Deliveries::take_over(realtime::Note const& note) {
  TenantId tenant;
  PackedReader in(note.body);
  while (in.next()) {
    if (in.field() == 1) tenant = in.id<TenantId>();
    if (in.field() == 2 && presence_.is_connected_here(tenant, in.id<UserId>())) welcome(tenant, in.id<UserId>());
  }
}

Result<void> Deliveries::settle(storage::Transaction& tx, Taken const& taken) const {
  for (auto const& one : taken.notifications) TRY(settle(tx, one));
  for (auto const& one : taken.messages) TRY(settle(tx, one));
  return {};
}

Result<void> Deliveries::settle(storage::Transaction& tx, Notified const& notified) const {
  auto const& delivery = notified.delivery;
  auto const& notification = delivery.notification;
  if (notified.has_reached)
    return core::finish_notification_delivery(tx, notification.tenant, notification.id, delivery.user);
  if (notified.is_elsewhere) {
    auto const again_at = tx.now() + std::chrono::microseconds(kHandover).count();
    return core::postpone_notification_delivery(tx, notification.tenant, notification.id, delivery.user, again_at);
  }
  auto const run_at = next_attempt_at(options_.retry, delivery.attempts, tx.now());
  return core::fail_notification_delivery(tx, notification.tenant, notification.id, delivery.user, kUserOffline,
                                          run_at);
}

Result<void> Deliveries::settle(storage::Transaction& tx, Missed const& missed) const {
  if (missed.has_reached) return core::finish_delivery(tx, missed.delivery.id);
  auto const run_at = next_attempt_at(options_.retry, missed.delivery.attempts, tx.now());
  return core::fail_delivery(tx, missed.delivery.id, kUserOffline, run_at);
}

void Deliveries::count(Taken const& taken) {
  for (auto const& one : taken.notifications)
    if (!one.is_elsewhere) count("notification_delivery", one.has_reached, one.delivery.attempts);
  for (auto const& one : taken.messages) count("message_delivery", one.has_reached, one.delivery.attempts);
}

void Deliveries::count(std::string_view kind, bool has_reached, std::int64_t attempts) {
  auto const is_last = next_attempt_at(options_.retry, attempts, now()) == 0;
  auto const failure = is_last ? AttemptOutcome::dead : AttemptOutcome::failed;
  statistics_.count(kind, has_reached ? AttemptOutcome::done : failure);
}

}  // namespace parlance::jobs
