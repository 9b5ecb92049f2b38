#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "core/caller.h"
#include "model/notification.h"
#include "storage/transaction.h"

namespace parlance::core {

struct NewNotification {
  std::string topic;                   ///< 1..255 bytes
  std::string payload;                 ///< JSON object
  std::vector<std::string> user_ids;   ///< external ids
  std::optional<ConversationId> room;  ///< its members, whom the caller must be among
  bool topic_subscribers = false;
  std::vector<UserId> fallback;  ///< where no target at all is named: e.g. those who are online
};

/// Stores it with one open delivery per recipient (the union of the targets) and wakes the delivery worker.
Result<model::Notification> create_notification(storage::Transaction& tx, Caller const& caller,
                                                NewNotification const& input);

/// Puts back what was taken as if it had not been: another node will see to it. Due again at `run_at`.
Result<void> postpone_notification_delivery(storage::Transaction& tx, TenantId tenant, NotificationId id, UserId user,
                                            Timestamp run_at);

/// As take_jobs: due ones, leased until `lease_until`, an attempt counted.
Result<std::vector<model::NotificationDelivery>> take_notification_deliveries(storage::Transaction& tx, Timestamp due,
                                                                              Timestamp lease_until,
                                                                              std::int64_t limit);
/// The recipient has it: the row goes, and the notification with its last row.
Result<void> finish_notification_delivery(storage::Transaction& tx, TenantId tenant, NotificationId id, UserId user);
/// Until `run_at`, or dead where that is 0.
Result<void> fail_notification_delivery(storage::Transaction& tx, TenantId tenant, NotificationId id, UserId user,
                                        std::string_view error, Timestamp run_at);
/// Makes all open deliveries of a user due now: it has come online.
Result<std::int64_t> hasten_notifications(storage::Transaction& tx, TenantId tenant, UserId user);

/// Dead ones, newest first, at most `limit`.
Result<std::vector<model::NotificationDelivery>> list_failed_notifications(storage::Transaction& tx, TenantId tenant,
                                                                           std::int64_t limit);
/// Makes the dead deliveries of a notification due now, with their attempts forgotten. not_found where there are none.
Result<void> redrive_notification(storage::Transaction& tx, TenantId tenant, NotificationId id);

Result<Timestamp> next_notification_at(storage::Transaction& tx);

}  // namespace parlance::core
