#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "core/notices.h"
#include "storage/transaction.h"

namespace parlance::core {

/// The messages of a conversation whose side effects (deliveries, webhooks) have not been derived yet.
struct DueMessages {
  std::int64_t first_seq = 0;
  std::int64_t last_seq = 0;      ///< below first_seq where there are events to settle but no messages
  std::int64_t after_offset = 0;  ///< the events above it are those that are due
  bool empty() const { return last_seq < first_seq; }
};

/// What is due; empty where nothing is. On PostgreSQL it locks the conversation: derive and settle in the same
/// transaction, then each message is dispatched once.
Result<std::optional<DueMessages>> find_due_messages(storage::Transaction& tx, TenantId tenant, ConversationId id);

/// The side effects of messages up to `through_seq` have been derived; those above it stay due.
Result<void> settle_due_messages(storage::Transaction& tx, TenantId tenant, ConversationId id, DueMessages const& due,
                                 std::int64_t through_seq);

/// Who sent every message of a stretch; empty where several did.
Result<std::optional<UserId>> only_sender(storage::Transaction& tx, TenantId tenant, ConversationId id,
                                          std::int64_t first_seq, std::int64_t last_seq);

/// A message, and whom it concerns.
struct Sent {
  MessageId message;
  UserId sender;
  bool is_to_everyone = false;
  std::vector<UserId> mentioned;
};
/// The messages of a stretch that are neither deleted nor imported, by seq.
Result<std::vector<Sent>> list_sent(storage::Transaction& tx, TenantId tenant, ConversationId id,
                                    std::int64_t first_seq, std::int64_t last_seq);

/// How it concerns a user.
Concern concern_of(Sent const& sent, UserId user);

}  // namespace parlance::core
