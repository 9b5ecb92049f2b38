#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/result.h"
#include "core/caller.h"
#include "core/permissions.h"
#include "model/message.h"
#include "storage/transaction.h"

namespace parlance::core {

enum class Tombstones { keep, skip };

/// A stretch of the log, always ascending by seq. Bounds are exclusive.
struct MessageRange {
  std::optional<std::int64_t> after_seq;   ///< the `limit` next ones above it
  std::optional<std::int64_t> before_seq;  ///< without after_seq: the `limit` nearest below it
  std::int64_t limit = 50;                 ///< neither bound: the newest `limit`
  std::int64_t offset = 0;                 ///< skipped first, in the direction of reading
  Tombstones tombstones = Tombstones::skip;
};

/// Messages of a conversation that the caller has met (see permissions.h), with their attachments, reactions and
/// mentions. What lies before the caller's joining is left out where the history mode says so.
Result<std::vector<model::Message>> read_messages(storage::Transaction& tx, Encounter const& encounter,
                                                  MessageRange const& range);

/// One message; not_found where it is absent, in another conversation or out of the caller's sight. Tombstones are
/// found only where asked for.
Result<model::Message> read_message(storage::Transaction& tx, Encounter const& encounter, MessageId id,
                                    Tombstones tombstones);

/// The seq of the newest message, tombstones included, that was there once event `offset` had happened; 0 where none
/// was.
Result<std::int64_t> last_seq_at(storage::Transaction& tx, model::Conversation const& conversation,
                                 std::int64_t offset);

/// The event offset at which the newest message, tombstones included, was added; 0 where there is none.
Result<std::int64_t> newest_message_offset(storage::Transaction& tx, model::Conversation const& conversation);

/// The seq of the first message, tombstones included, with an id of `id` or above; one past the newest where there is
/// none. Ids grow with seq within a conversation.
Result<std::int64_t> first_seq_from(storage::Transaction& tx, model::Conversation const& conversation, MessageId id);

/// By id alone and whole, without a look at permissions: for verbs, replay and jobs.
Result<std::optional<model::Message>> find_message(storage::Transaction& tx, TenantId tenant, MessageId id);

/// The same for many, in no promised order; absent ones are left out.
Result<std::vector<model::Message>> find_messages(storage::Transaction& tx, TenantId tenant,
                                                  std::vector<MessageId> const& ids);

}  // namespace parlance::core
