#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "core/caller.h"
#include "core/permissions.h"
#include "model/conversation.h"
#include "storage/transaction.h"

/// Conversations as threads of accounts: an account is a space, and whoever has a role in it is eligible for what lies
/// in it.
namespace parlance::core {

struct AccountThread {
  model::Conversation conversation;
  Timestamp completed_at = 0;  ///< 0 = it is not
};

enum class AccountThreadOrder { id, created_at, last_message_at, subject };
enum class Direction { ascending, descending };

/// What is empty does not filter.
struct AccountThreadFilter {
  std::optional<SpaceId> space;
  std::optional<SpaceId> provider_space;
  std::optional<std::string> relation_type;
  std::optional<std::int64_t> relation_id;
  std::string free_text;  ///< in the subject or any message that the caller may see; see account_search.h for bounds
  /// No other thread holds free_text, as an index knows; absent where nobody knows.
  std::optional<std::vector<ConversationId>> among;
  AccountThreadOrder order = AccountThreadOrder::last_message_at;
  Direction direction = Direction::descending;
  std::int64_t limit = 100;
  std::int64_t offset = 0;
};

struct AccountThreadPage {
  std::vector<AccountThread> threads;
  std::int64_t total = 0;
};

/// Threads of the caller's spaces and whatever else it is a member of; no streams, and not the conversation that every
/// space begins with.
Result<AccountThreadPage> list_account_threads(storage::Transaction& tx, Caller const& caller,
                                               AccountThreadFilter const& filter);

/// The thread, for `action`. A thread that is open to its space is forbidden to whoever has no role in the space or the
/// provider's space, members included. Other errors as of require().
struct MetAccountThread {
  AccountThread thread;
  Encounter encounter;
};
Result<MetAccountThread> require_account_thread(storage::Transaction& tx, Caller const& caller, ConversationId id,
                                                Action action);

/// Whether the user has a role in one of the thread's spaces.
Result<bool> is_eligible(storage::Transaction& tx, Caller const& user, model::Conversation const& thread);

struct AccountThreadChange {
  std::optional<std::string> subject;
  std::optional<bool> completed;
  std::optional<bool> archived;
};
/// Needs Standing::participant, also of an archived thread.
Result<AccountThread> change_account_thread(storage::Transaction& tx, Caller const& caller, ConversationId id,
                                            AccountThreadChange const& change);

struct Participant {
  std::int64_t id = 0;
  UserId user;
};
/// By id. For a thread that the caller has met.
Result<std::vector<Participant>> list_participants(storage::Transaction& tx, model::Conversation const& thread);

struct AddedParticipant {
  Participant participant;
  bool existed = false;
};
/// Needs Action::send. The user must be eligible for the thread (invalid_argument on "user_id").
Result<AddedParticipant> add_participant(storage::Transaction& tx, Caller const& caller, ConversationId id,
                                         UserId user);

}  // namespace parlance::core
