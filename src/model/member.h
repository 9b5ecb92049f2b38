#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/clock.h"
#include "base/ids.h"
#include "model/interval_set.h"

namespace parlance::model {

/// Rank in one conversation. The numbers are stored.
enum class MemberRole { admin = 0, member = 1 };

/// The numbers are stored.
enum class Membership {
  none = 0,  ///< only per-user state (read marks, preferences) of somebody who sees it without a row
  member = 1,
  left = 2,  ///< was there; for an implicit channel: hides and mutes it
};

enum class NotifyLevel { all = 0, mentions = 1, everyone = 2, none = 3 };

/// One user's state in one conversation.
struct Member {
  ConversationId conversation;
  UserId user;
  std::string external_id;  ///< of the user
  MemberRole role = MemberRole::member;
  Membership membership = Membership::none;
  Timestamp joined_at = 0;
  std::int64_t joined_seq = 0;     ///< last_seq at the time: history_mode since_join shows what is above it
  std::int64_t delivered_seq = 0;  ///< acknowledged up to and including
  IntervalSet read;                ///< sequence numbers read; own messages are read without being in it
  bool starred = false;
  Timestamp mute_until = 0;  ///< 0 = not muted
  NotifyLevel notify_level = NotifyLevel::all;
};

}  // namespace parlance::model
