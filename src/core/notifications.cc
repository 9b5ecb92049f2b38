#include "core/notifications.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/checks.h"
#include "core/events.h"
#include "core/job_queue.h"
#include "core/limits.h"
#include "core/members.h"
#include "core/permissions.h"
#include "core/users.h"

namespace parlance::core {

namespace {

constexpr std::int64_t kPending = 0;
constexpr std::int64_t kDead = 1;

/// Of notification_deliveries d, notifications n and users u.
constexpr std::string_view kSelect =
    "SELECT n.id, n.tenant_id, n.topic, n.payload, n.created_at, d.user_id, u.external_id, d.attempts,"
    " d.last_attempt_at, d.last_error FROM notification_deliveries d"
    " JOIN notifications n ON n.tenant_id = d.tenant_id AND n.id = d.notification_id"
    " JOIN users u ON u.tenant_id = d.tenant_id AND u.id = d.user_id";

model::NotificationDelivery delivery_from(storage::Row const& row) {
  model::NotificationDelivery delivery;
  delivery.notification.id = row.id<NotificationId>(0);
  delivery.notification.tenant = row.id<TenantId>(1);
  delivery.notification.topic = row.text(2);
  delivery.notification.payload = row.text(3);
  delivery.notification.created_at = row.integer(4);
  delivery.user = row.id<UserId>(5);
  delivery.external_id = row.text(6);
  delivery.attempts = row.integer(7);
  delivery.last_attempt_at = row.integer(8);
  delivery.last_error = row.text(9);
  return delivery;
}

Result<std::vector<UserId>> recipients_of(storage::Transaction& tx, Caller const& caller,
                                          NewNotification const& input) {
  std::vector<UserId> users;
  for (auto const& user : TRY(ensure_users(tx, caller.tenant, input.user_ids, "targets.user_ids"))) {
    users.push_back(user.id);
  }
  if (input.room) {
    TRY(require(tx, caller, *input.room, Action::see));
    for (auto const& member : TRY(all_members(tx, caller.tenant, *input.room))) users.push_back(member.user);
  }
  if (input.topic_subscribers) {
    auto const subscribers =
        TRY(tx.all("SELECT user_id FROM subscriptions WHERE tenant_id = $1 AND topic = $2",
                   {caller.tenant, input.topic}, [](storage::Row const& row) { return row.id<UserId>(0); }));
    users.insert(users.end(), subscribers.begin(), subscribers.end());
  }
  bool const is_untargeted = input.user_ids.empty() && !input.room && !input.topic_subscribers;
  if (is_untargeted) users = input.fallback;
  std::ranges::sort(users);
  auto const repeated = std::ranges::unique(users);
  users.erase(repeated.begin(), repeated.end());
  return users;
}

/// A notification without deliveries has nothing left to do.
Result<void> remove_if_done(storage::Transaction& tx, TenantId tenant, NotificationId id) {
  TRY(
      tx.execute("DELETE FROM notifications WHERE tenant_id = $1 AND id = $2 AND NOT EXISTS (SELECT 1"
                 " FROM notification_deliveries d WHERE d.tenant_id = $1 AND d.notification_id = $2)",
                 {tenant, id}));
  return {};
}

}  // namespace

Result<model::Notification> create_notification(storage::Transaction& tx, Caller const& caller,
                                                NewNotification const& input) {
  TRY(check_line(input.topic, "topic", 1, kMaxTopicBytes));
  TRY(check_text(input.payload, "payload", 1, kMaxPayloadBytes));
  auto const recipients = TRY(recipients_of(tx, caller, input));
  model::Notification notification;
  notification.tenant = caller.tenant;
  notification.topic = input.topic;
  notification.payload = input.payload;
  notification.created_at = tx.now();
  notification.id = TRY(
      tx.one("INSERT INTO notifications (tenant_id, topic, payload, created_at) VALUES ($1, $2, $3, $4) RETURNING id",
             {caller.tenant, input.topic, input.payload, tx.now()},
             [](storage::Row const& row) { return row.id<NotificationId>(0); }));
  for (auto const user : recipients) {
    TRY(
        tx.execute("INSERT INTO notification_deliveries (tenant_id, notification_id, user_id, run_at)"
                   " VALUES ($1, $2, $3, $4)",
                   {caller.tenant, notification.id, user, tx.now()}));
  }
  if (recipients.empty()) TRY(remove_if_done(tx, caller.tenant, notification.id));
  announce(tx, caller.tenant, model::EventKind::notification_created);
  return notification;
}

Result<std::vector<model::NotificationDelivery>> take_notification_deliveries(storage::Transaction& tx, Timestamp due,
                                                                              Timestamp lease_until,
                                                                              std::int64_t limit) {
  struct Key {
    TenantId tenant;
    NotificationId notification;
    UserId user;
  };
  std::string sql =
      "UPDATE notification_deliveries SET run_at = $2, attempts = attempts + 1, last_attempt_at = $1"
      " WHERE (tenant_id, notification_id, user_id) IN (SELECT tenant_id, notification_id, user_id"
      " FROM notification_deliveries WHERE state = 0 AND run_at <= $1 ORDER BY run_at, notification_id LIMIT $3";
  sql += skip_locked(tx);
  sql += ") RETURNING tenant_id, notification_id, user_id";
  auto keys = TRY(tx.all(sql, {due, lease_until, limit}, [](storage::Row const& row) {
    return Key{row.id<TenantId>(0), row.id<NotificationId>(1), row.id<UserId>(2)};
  }));
  std::ranges::sort(keys, {}, &Key::notification);
  std::vector<model::NotificationDelivery> deliveries;
  for (auto const& key : keys) {
    auto delivery =
        TRY(tx.first(fmt::format("{} WHERE d.tenant_id = $1 AND d.notification_id = $2 AND d.user_id = $3", kSelect),
                     {key.tenant, key.notification, key.user}, delivery_from));
    if (delivery) deliveries.push_back(*std::move(delivery));
  }
  return deliveries;
}

Result<void> finish_notification_delivery(storage::Transaction& tx, TenantId tenant, NotificationId id, UserId user) {
  TRY(tx.execute("DELETE FROM notification_deliveries WHERE tenant_id = $1 AND notification_id = $2 AND user_id = $3",
                 {tenant, id, user}));
  return remove_if_done(tx, tenant, id);
}

Result<void> fail_notification_delivery(storage::Transaction& tx, TenantId tenant, NotificationId id, UserId user,
                                        std::string_view error, Timestamp run_at) {
  TRY(
      tx.execute("UPDATE notification_deliveries SET state = $4, run_at = $5, last_error = $6"
                 " WHERE tenant_id = $1 AND notification_id = $2 AND user_id = $3",
                 {tenant, id, user, run_at == 0 ? kDead : kPending, run_at, error}));
  return {};
}

Result<void> postpone_notification_delivery(storage::Transaction& tx, TenantId tenant, NotificationId id, UserId user,
                                            Timestamp run_at) {
  TRY(
      tx.execute("UPDATE notification_deliveries SET run_at = $4, attempts = attempts - 1"
                 " WHERE tenant_id = $1 AND notification_id = $2 AND user_id = $3 AND state = 0 AND attempts > 0",
                 {tenant, id, user, run_at}));
  return {};
}

Result<std::int64_t> hasten_notifications(storage::Transaction& tx, TenantId tenant, UserId user) {
  auto const changed =
      TRY(tx.execute("UPDATE notification_deliveries SET run_at = $3"
                     " WHERE tenant_id = $1 AND user_id = $2 AND state = 0",
                     {tenant, user, tx.now()}));
  if (changed > 0) announce(tx, tenant, model::EventKind::notification_created);
  return changed;
}

Result<std::vector<model::NotificationDelivery>> list_failed_notifications(storage::Transaction& tx, TenantId tenant,
                                                                           std::int64_t limit) {
  return tx.all(
      fmt::format("{} WHERE d.tenant_id = $1 AND d.state = 1 ORDER BY n.id DESC, d.user_id LIMIT $2", kSelect),
      {tenant, limit}, delivery_from);
}

Result<void> redrive_notification(storage::Transaction& tx, TenantId tenant, NotificationId id) {
  auto const changed =
      TRY(tx.execute("UPDATE notification_deliveries SET state = 0, attempts = 0, run_at = $3"
                     " WHERE tenant_id = $1 AND notification_id = $2 AND state = 1",
                     {tenant, id, tx.now()}));
  if (changed == 0) return fail(Errc::not_found, "no such dead letter");
  announce(tx, tenant, model::EventKind::notification_created);
  return {};
}

Result<Timestamp> next_notification_at(storage::Transaction& tx) {
  auto const next = TRY(tx.first("SELECT run_at FROM notification_deliveries WHERE state = 0 ORDER BY run_at LIMIT 1",
                                 {}, [](storage::Row const& row) { return row.integer(0); }));
  return next.value_or(0);
}

}  // namespace parlance::core
