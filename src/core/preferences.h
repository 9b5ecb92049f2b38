#pragma once

#include <optional>

#include "base/clock.h"
#include "base/result.h"
#include "core/caller.h"
#include "model/member.h"
#include "storage/transaction.h"

namespace parlance::core {

/// "Until I turn it back on": 9999-12-31T23:59:59Z.
inline constexpr Timestamp kMutedForEver = 253'402'300'799 * kSecond;

struct PreferencesChange {
  std::optional<bool> starred;
  std::optional<Timestamp> mute_until;  ///< 0 = not muted
  std::optional<model::NotifyLevel> notify_level;
};

/// Changes what the caller has chosen for itself in a conversation that it sees; its row is made where there is none. A
/// dm knows only the levels all and none (invalid_argument on "notify_level"). Ending the mute of a channel that
/// everybody is in and that the caller has left brings it back. Only the caller is told: by member_updated without an
/// offset, and in its own stream.
Result<model::Member> change_preferences(storage::Transaction& tx, Caller const& caller, ConversationId id,
                                         PreferencesChange const& change);

}  // namespace parlance::core
