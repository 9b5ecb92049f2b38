#pragma once

#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "core/caller.h"
#include "core/paging.h"
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

struct PinPlace {
  Timestamp pinned_at = 0;
  MessageId message;
};

struct PinnedMessage {
  model::Message message;
  Timestamp pinned_at = 0;
};

/// The same walk over the list from a place that need not be pinned any more.
Result<std::vector<PinnedMessage>> list_pinned(storage::Transaction& tx, Caller const& caller,
                                               ConversationId conversation, Stretch<PinPlace> const& stretch);

}  // namespace parlance::core
