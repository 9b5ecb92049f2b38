#pragma once

#include <cstdint>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "storage/transaction.h"

/// How far each conversation's log has been handed to somebody outside: the log is the outbox, and a position in it all
/// that has to be kept.
namespace parlance::core {

struct RelayedConversation {
  TenantId tenant;
  ConversationId conversation;
  friend bool operator==(RelayedConversation const&, RelayedConversation const&) = default;
};

/// Relaying begins now, where it never has before: what was there already is not handed on.
Result<void> begin_relaying(storage::Transaction& tx);

/// Conversations with events beyond their position, at most `limit`.
Result<std::vector<RelayedConversation>> list_unrelayed(storage::Transaction& tx, std::int64_t limit);

/// The offset up to which a conversation has been relayed.
Result<std::int64_t> relayed_through(storage::Transaction& tx, RelayedConversation const& which);
Result<void> set_relayed_through(storage::Transaction& tx, RelayedConversation const& which, std::int64_t offset);

/// What was just appended at `offset` is not handed on, where all before it was. Nothing where relaying has not begun.
Result<void> skip_relaying(storage::Transaction& tx, RelayedConversation const& which, std::int64_t offset);

}  // namespace parlance::core
