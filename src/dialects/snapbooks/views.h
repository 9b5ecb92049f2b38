#pragma once

#include <vector>

#include "base/result.h"
#include "core/account_threads.h"
#include "core/caller.h"
#include "dialects/snapbooks/wire.h"
#include "storage/transaction.h"

/// What replies show, read from the database.
namespace parlance::snapbooks {

/// The thread with its newest thousand messages, the caller's drafts and its participants.
Result<ShownThread> view_thread(storage::Transaction& tx, core::Caller const& caller, ConversationId id);

Result<ShownMessage> view_message(storage::Transaction& tx, core::Caller const& caller, ConversationId thread,
                                  MessageId id);

/// Adds what the results of the messages say.
Result<std::vector<ShownMessage>> with_results(storage::Transaction& tx, TenantId tenant,
                                               std::vector<model::Message> messages);

}  // namespace parlance::snapbooks
