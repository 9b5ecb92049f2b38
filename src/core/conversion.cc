#include "core/conversion.h"

#include "core/events.h"
#include "core/locks.h"
#include "core/permissions.h"

namespace parlance::core {

Result<model::Conversation> convert_to_private(storage::Transaction& tx, Caller const& caller, ConversationId id,
                                               std::optional<model::HistoryMode> history_mode) {
  TRY(lock_conversation(tx, caller.tenant, id));
  auto conversation = TRY(require(tx, caller, id, Action::manage)).conversation;
  bool const is_group =
      conversation.kind == model::ConversationKind::group && conversation.access == model::Access::members;
  if (!is_group) return fail(Errc::conflict, "only a group can be made a private channel");
  if (conversation.archived_at != 0) return fail(Errc::conflict, "this conversation is archived");
  conversation.kind = model::ConversationKind::private_channel;
  conversation.history_mode = history_mode.value_or(conversation.history_mode);
  conversation.updated_at = tx.now();
  TRY(
      tx.execute("UPDATE conversations SET kind = $3, history_mode = $4, updated_at = $5"
                 " WHERE tenant_id = $1 AND id = $2",
                 {caller.tenant, id, conversation.kind, conversation.history_mode, conversation.updated_at}));
  model::LiveEvent live;
  live.event.tenant = caller.tenant;
  live.event.conversation = id;
  live.event.kind = model::EventKind::conversation_updated;
  live.event.actor = caller.user;
  TRY(record_event(tx, std::move(live)));
  return conversation;
}

}  // namespace parlance::core
