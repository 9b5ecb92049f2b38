#pragma once

#include <optional>

#include "base/result.h"
#include "core/caller.h"
#include "model/conversation.h"
#include "storage/transaction.h"

namespace parlance::core {

/// Makes a private channel of a group, with another history mode where one is named. Needs Action::manage; conflict
/// where it is anything but a group, or archived.
Result<model::Conversation> convert_to_private(storage::Transaction& tx, Caller const& caller, ConversationId id,
                                               std::optional<model::HistoryMode> history_mode);

}  // namespace parlance::core
