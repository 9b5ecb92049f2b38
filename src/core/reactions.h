#pragma once

#include <string_view>

#include "base/result.h"
#include "core/caller.h"
#include "model/message.h"
#include "storage/transaction.h"

namespace parlance::core {

enum class ReactionChange { set, remove, toggle };

struct ReactionOutcome {
  model::Message message;  ///< after it
  bool present = false;    ///< whether the caller's reaction is there now
  bool changed = false;    ///< setting what is there and removing what is not change nothing and make no event
};

/// Changes the caller's own reaction. Needs Action::send. `emoji` is 1..64 bytes without control characters.
Result<ReactionOutcome> change_reaction(storage::Transaction& tx, Caller const& caller, ConversationId conversation,
                                        MessageId id, std::string_view emoji, ReactionChange change);

}  // namespace parlance::core
