#include "core/drafts.h"

#include <cstring>
#include <limits>

#include "base/crypto.h"
#include "core/checks.h"
#include "core/code_blocks.h"
#include "core/limits.h"
#include "core/locks.h"
#include "core/messages.h"
#include "core/permissions.h"

namespace parlance::core {

namespace {

constexpr std::string_view kSelect =
    "SELECT message_id, conversation_id, author_id, text, created_at FROM message_drafts WHERE tenant_id = $1"
    " AND conversation_id = $2 AND author_id = $3";

Draft draft_from(storage::Row const& row) {
  return {row.id<MessageId>(0), row.id<ConversationId>(1), row.id<UserId>(2), std::string(row.text(3)), row.integer(4)};
}

/// Another one for each row of no conversation, also on lanes and servers that know nothing of each other.
std::int64_t any_number() {
  auto const bytes = random_bytes(sizeof(std::int64_t));
  std::int64_t number = 0;
  std::memcpy(&number, bytes.data(), sizeof(number));
  return number & std::numeric_limits<std::int64_t>::max();
}

/// It has been sent since it was read.
std::unexpected<Error> gone() { return fail(Errc::conflict, "this draft has been sent meanwhile"); }

/// A row of no conversation, deleted from its beginning: nothing that reads messages finds it.
Result<MessageId> reserve_id(storage::Transaction& tx, Caller const& caller) {
  return tx.one(
      "INSERT INTO messages (tenant_id, conversation_id, seq, added_offset, sender_id, text, created_at, deleted_at)"
      " VALUES ($1, 0, $4, 0, $2, '', $3, $3) RETURNING id",
      {caller.tenant, caller.user, tx.now(), any_number()},
      [](storage::Row const& row) { return row.id<MessageId>(0); });
}

}  // namespace

Result<Draft> save_draft(storage::Transaction& tx, Caller const& caller, ConversationId conversation,
                         std::string_view text) {
  TRY(check_text(text, "text", 1, kMaxTextBytes));
  if (!caller.user) return fail(Errc::forbidden, "a message needs a user who sends it");
  TRY(require(tx, caller, conversation, Action::send));
  Draft draft{TRY(reserve_id(tx, caller)), conversation, caller.user, std::string(text), tx.now()};
  TRY(
      tx.execute("INSERT INTO message_drafts (tenant_id, message_id, conversation_id, author_id, text, created_at,"
                 " updated_at) VALUES ($1, $2, $3, $4, $5, $6, $6)",
                 {caller.tenant, draft.id, conversation, caller.user, draft.text, draft.created_at}));
  return draft;
}

Result<std::optional<Draft>> find_draft(storage::Transaction& tx, Caller const& caller, ConversationId conversation,
                                        MessageId id) {
  return tx.first(std::string(kSelect) + " AND message_id = $4", {caller.tenant, conversation, caller.user, id},
                  draft_from);
}

Result<std::vector<Draft>> list_drafts(storage::Transaction& tx, Caller const& caller, ConversationId conversation) {
  return tx.all(std::string(kSelect) + " ORDER BY message_id", {caller.tenant, conversation, caller.user}, draft_from);
}

Result<Draft> change_draft(storage::Transaction& tx, Caller const& caller, Draft draft, std::string_view text) {
  TRY(check_text(text, "text", 1, kMaxTextBytes));
  TRY(lock_conversation(tx, caller.tenant, draft.conversation));
  TRY(require(tx, caller, draft.conversation, Action::send));
  draft.text = restore_code(text, programs_in(draft.text));
  TRY(check_text(draft.text, "text", 1, kMaxTextBytes));
  auto const changed =
      TRY(tx.execute("UPDATE message_drafts SET text = $3, updated_at = $4 WHERE tenant_id = $1 AND message_id = $2",
                     {caller.tenant, draft.id, draft.text, tx.now()}));
  if (changed == 0) return gone();
  return draft;
}

Result<model::Message> send_draft(storage::Transaction& tx, Caller const& caller, Draft const& draft) {
  TRY(lock_conversation(tx, caller.tenant, draft.conversation));
  auto const taken =
      TRY(tx.execute("DELETE FROM message_drafts WHERE tenant_id = $1 AND message_id = $2", {caller.tenant, draft.id}));
  if (taken == 0) return gone();
  NewMessage message{.conversation = draft.conversation, .text = draft.text};
  message.reserved_id = draft.id;
  return std::move(TRY(send_message(tx, caller, message)).message);
}

}  // namespace parlance::core
