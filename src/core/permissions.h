#pragma once

#include <cstdint>
#include <optional>

#include "base/result.h"
#include "core/caller.h"
#include "model/conversation.h"
#include "model/member.h"
#include "model/space.h"
#include "storage/transaction.h"

namespace parlance::core {

/// What a caller may want of a conversation. The table in permissions.cc says what each needs.
enum class Action {
  see,             ///< the conversation, its members and its messages
  send,            ///< also react, type, upload
  moderate,        ///< pin, delete another's message
  manage,          ///< rename, archive, convert
  manage_members,  ///< add and remove
};

/// How the caller stands to a conversation.
enum class Standing {
  none,         ///< may not see it
  reader,       ///< sees it by its access, may not write (a viewer of the space, an anonymous caller)
  participant,  ///< a member, or someone who is in it without a row
  admin,        ///< of the conversation, its space or the tenant (whoever has Standing::none by membership stays out)
};

/// A conversation as the caller meets it.
struct Encounter {
  model::Conversation conversation;
  std::optional<model::Member> member;  ///< the caller's row, if there is one
  Standing standing = Standing::none;
};

/// Reads the conversation and how the caller stands to it. not_found where it is absent, deleted, of another tenant, or
/// hidden from the caller; never forbidden.
Result<Encounter> meet(storage::Transaction& tx, Caller const& caller, ConversationId id);

/// The same, and forbidden where the caller may not do `action`. Sending into an archived conversation is a conflict.
Result<Encounter> require(storage::Transaction& tx, Caller const& caller, ConversationId id, Action action);

/// The seq up to and including which messages are hidden from the caller (history since_join); 0 where none are.
std::int64_t hidden_through(Encounter const& encounter);

/// True where a message with `seq` is older than what the caller's membership lets it see (history since_join).
bool is_before_join(Encounter const& encounter, std::int64_t seq);

}  // namespace parlance::core
