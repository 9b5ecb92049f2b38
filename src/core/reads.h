#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/result.h"
#include "core/caller.h"
#include "core/permissions.h"
#include "model/interval_set.h"
#include "storage/transaction.h"

namespace parlance::core {

/// Delivered up to and including `seq`; a lower one than before changes nothing. Needs a member's standing; `seq` above
/// the newest is invalid_argument on "seq". Ends the deliveries that it covers and announces delivered_moved.
Result<void> acknowledge(storage::Transaction& tx, Caller const& caller, ConversationId id, std::int64_t seq);

/// Adds [first_seq, last_seq] to what the caller has read (clipped to what exists) and appends read_moved if that
/// changed anything.
Result<void> mark_read(storage::Transaction& tx, Caller const& caller, ConversationId id, std::int64_t first_seq,
                       std::int64_t last_seq);

/// The same for any set of messages, with one event for all of them.
Result<void> mark_read(storage::Transaction& tx, Caller const& caller, ConversationId id,
                       model::IntervalSet const& seqs);

/// Marks the caller's mentions in that range as read; messages stay unread. Where that changed anything it appends
/// read_moved, with the read set as it was, so that the caller's other devices count again.
Result<void> mark_mentions_read(storage::Transaction& tx, Caller const& caller, ConversationId id,
                                std::int64_t first_seq, std::int64_t last_seq);
Result<void> mark_mentions_read(storage::Transaction& tx, Caller const& caller, ConversationId id,
                                model::IntervalSet const& seqs);

/// Sequence numbers within [first_seq, last_seq] of messages that mention the caller and whose mention is not marked
/// read, ascending. Without a look at permissions.
Result<std::vector<std::int64_t>> list_unread_mentions(storage::Transaction& tx, Caller const& caller,
                                                       ConversationId id, std::int64_t first_seq,
                                                       std::int64_t last_seq);

struct Unread {
  std::int64_t messages = 0;
  std::int64_t oldest_message_seq = 0;  ///< 0 where there is none
  std::int64_t mentions = 0;
  std::int64_t oldest_mention_seq = 0;
  friend bool operator==(Unread const&, Unread const&) = default;
};

/// What the caller has not read: not its own messages, not deleted or imported ones, not what came before its joining
/// where that is hidden.
Result<Unread> count_unread(storage::Transaction& tx, Caller const& caller, Encounter const& encounter);

}  // namespace parlance::core
