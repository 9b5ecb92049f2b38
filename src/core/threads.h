#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "core/caller.h"
#include "core/permissions.h"
#include "model/message.h"
#include "storage/transaction.h"

/// Threads: conversations that lie in channels and are seen by whoever sees one of these. Wherever threads are listed,
/// other conversations with messages are among them: direct messages, groups, the channels' own logs.
namespace parlance::core {

struct NewThread {
  std::string text;
  std::vector<ConversationId> channels;  ///< at least one; the caller must be allowed to write in each
  std::string subject;                   ///< empty: made of the messages
  std::vector<model::Attachment> attachments;
  std::vector<UserId> mentions;
};

struct CreatedThread {
  model::Conversation thread;
  model::Message message;  ///< its first
};

/// Makes a thread with its first message.
Result<CreatedThread> create_thread(storage::Transaction& tx, Caller const& caller, NewThread const& input);

/// The thread as the caller may read it, of whatever kind: not_found where it is absent, deleted, a stream, or hidden
/// from the caller; forbidden where it may not be read.
Result<Encounter> find_thread(storage::Transaction& tx, Caller const& caller, ConversationId id);

struct ThreadChange {
  std::optional<bool> deleted;
  std::optional<bool> hidden;
  std::optional<bool> resolved;
  std::optional<std::vector<ConversationId>> channels;  ///< at least one
};

/// Changes all of them or none. Needs the rank of an admin (not its sight: what is hidden or deleted can be changed
/// too). not_found where the tenant has no such thread.
Result<void> change_threads(storage::Transaction& tx, Caller const& caller, std::vector<ConversationId> const& ids,
                            ThreadChange const& change);

/// Which threads a list holds: OR within a list, AND between the conditions. Without any: all.
struct ThreadFilter {
  std::vector<ConversationId> channels;  ///< that they lie in
  std::vector<UserId> users;             ///< that take part
  bool only_direct = false;              ///< messages between two
  bool only_mine = false;                ///< the caller takes part or is mentioned
};

/// When something has last happened in it: a message, or an admin's change.
Timestamp active_at(model::Conversation const& thread);

/// A page of what the caller may read, newest activity first.
Result<std::vector<Encounter>> list_threads(storage::Transaction& tx, Caller const& caller, ThreadFilter const& filter,
                                            std::int64_t limit, std::int64_t offset);

/// Those with a message after `since`, the oldest activity first.
Result<std::vector<Encounter>> list_threads_since(storage::Transaction& tx, Caller const& caller,
                                                  ThreadFilter const& filter, Timestamp since, std::int64_t limit);

/// The thread where the list would have it; empty where it would not.
Result<std::optional<Encounter>> find_listed(storage::Transaction& tx, Caller const& caller, ThreadFilter const& filter,
                                             ConversationId id);

/// Those of `ids` that the list would have, the oldest activity first.
Result<std::vector<Encounter>> find_listed(storage::Transaction& tx, Caller const& caller, ThreadFilter const& filter,
                                           std::vector<ConversationId> const& ids);

/// Ids of all that the caller may read, newest activity first, at most `limit`.
Result<std::vector<ConversationId>> list_thread_ids(storage::Transaction& tx, Caller const& caller, std::int64_t limit);

struct ThreadCounts {
  std::int64_t total = 0;  ///< not hidden
  std::int64_t valid = 0;  ///< neither hidden nor deleted
  std::int64_t resolved = 0;
};
/// Threads in channels, of the whole tenant.
Result<ThreadCounts> count_threads(storage::Transaction& tx, TenantId tenant);

}  // namespace parlance::core
