#pragma once

#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "storage/transaction.h"

/// What holds from a verb's first look until its commit.
///
/// On PostgreSQL other lanes and other nodes write at the same time, and every statement sees what is committed when it
/// begins: between a look and the write that follows from it, the rows may have become others. So a verb that writes by
/// what it has read locks one row that stands for all of that, before it reads any of it; whoever comes second waits
/// there until the first has committed, and then reads what the first has left:
///
///     conversation   itself, its messages with all that hangs on them, its members and what they have read
///     space          itself and its members
///     tenant         itself with its settings, and the roles and names of its users
///
/// A verb that needs several takes them in this order: the tenant, the space, channels before the threads in them, the
/// conversations by ascending id. None is needed where one statement both looks and writes (a condition in its WHERE,
/// ON CONFLICT), or where a verb only appends, as most sends do.
///
/// On SQLite there is one writer, and these do nothing. A row that is not there is no error here.
namespace parlance::core {

Result<void> lock_tenant(storage::Transaction& tx, TenantId tenant);

Result<void> lock_space(storage::Transaction& tx, TenantId tenant, SpaceId space);

Result<void> lock_conversation(storage::Transaction& tx, TenantId tenant, ConversationId conversation);

/// In the order that they need, whatever that of `conversations`.
Result<void> lock_conversations(storage::Transaction& tx, TenantId tenant, std::vector<ConversationId> conversations);

/// For a verb that puts threads into channels: these stay as they are, but others may do the same and write in them.
Result<void> hold_channels(storage::Transaction& tx, TenantId tenant, std::vector<ConversationId> channels);

/// For a verb that deletes a channel, or changes what is true of the threads in it: none comes in meanwhile either.
Result<void> lock_channel(storage::Transaction& tx, TenantId tenant, ConversationId channel);

/// For a verb that changes what is true of all threads in a channel by what is true of their other channels.
Result<void> lock_threads_in(storage::Transaction& tx, TenantId tenant, ConversationId channel);

/// The conversation that the message is in.
Result<void> lock_conversation_of(storage::Transaction& tx, TenantId tenant, MessageId message);

}  // namespace parlance::core
