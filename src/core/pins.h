#pragma once

#include <vector>

#include "base/result.h"
#include "core/caller.h"
#include "model/message.h"
#include "storage/transaction.h"

namespace parlance::core {

enum class PinChange { pin, unpin };

/// Any participant may pin. Pinning what is pinned changes nothing and makes no event.
Result<model::Message> change_pin(storage::Transaction& tx, Caller const& caller, ConversationId conversation,
                                  MessageId id, PinChange change);

/// Newest pin first, below `before` (a message id of an earlier page) where that is set.
Result<std::vector<model::Message>> list_pins(storage::Transaction& tx, Caller const& caller,
                                              ConversationId conversation, MessageId before, std::int64_t limit);

}  // namespace parlance::core
