#pragma once

#include <optional>

#include "base/ids.h"
#include "base/result.h"
#include "storage/transaction.h"

namespace parlance::core {

/// The conversation that a message is in, deleted ones included; not_found where the tenant has no such message.
/// Without a look at permissions: for contracts that address a message by its id alone.
Result<ConversationId> conversation_of(storage::Transaction& tx, TenantId tenant, MessageId id);

}  // namespace parlance::core
