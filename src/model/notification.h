#pragma once

#include <cstdint>
#include <string>

#include "base/clock.h"
#include "base/ids.h"

namespace parlance::model {

/// Something to tell users, apart from any conversation. Delivered at least once to each recipient.
struct Notification {
  NotificationId id;
  TenantId tenant;
  std::string topic;
  std::string payload;  ///< JSON object
  Timestamp created_at = 0;
};

/// One recipient's part of it. A delivered one has no row any more.
struct NotificationDelivery {
  Notification notification;
  UserId user;
  std::string external_id;
  std::int64_t attempts = 0;
  Timestamp last_attempt_at = 0;
  std::string last_error;
};

/// A user's standing wish to be told of a topic.
struct TopicSubscription {
  std::int64_t id = 0;
  UserId user;
  std::string topic;
  Timestamp created_at = 0;
};

}  // namespace parlance::model
