#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/ids.h"
#include "model/notification.h"

namespace parlance::realtime {

enum class SignalKind {
  typing_started,
  typing_stopped,
  user_online,
  user_offline,
  notification,
  user_active,  ///< `actor` has just said that it is there; nobody's but listeners'
};

/// Something that is told to whoever is connected and never stored: at most once, without a position in any stream.
struct Signal {
  TenantId tenant;
  SignalKind kind = SignalKind::typing_started;
  UserId actor;                   ///< who types, or whose presence it is; receivers leave out their own where they must
  std::string actor_external_id;  ///< of `actor`

  /// It goes to the subscribers of any of these, once to each.
  std::vector<ConversationId> conversations;
  std::vector<UserId> users;

  std::optional<model::Notification> notification;  ///< where `kind` is notification
  std::string data;                                 ///< JSON of the sender's own, or empty
  Timestamp at = 0;
};

}  // namespace parlance::realtime
