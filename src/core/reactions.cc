#include "core/reactions.h"

#include <algorithm>

#include "core/checks.h"
#include "core/events.h"
#include "core/limits.h"
#include "core/locks.h"
#include "core/message_log.h"
#include "core/message_rows.h"
#include "core/permissions.h"

namespace parlance::core {

Result<ReactionOutcome> change_reaction(storage::Transaction& tx, Caller const& caller, ConversationId conversation,
                                        MessageId id, std::string_view emoji, ReactionChange change) {
  TRY(check_line(emoji, "emoji", 1, kMaxEmojiBytes));
  if (!caller.user) return fail(Errc::forbidden, "a reaction needs a user");
  TRY(lock_conversation(tx, caller.tenant, conversation));
  auto const encounter = TRY(require(tx, caller, conversation, Action::send));
  auto message = TRY(read_message(tx, encounter, id, Tombstones::skip));
  auto const own = std::ranges::find_if(message.reactions, [&](model::Reaction const& reaction) {
    return reaction.user == caller.user && reaction.emoji == emoji;
  });
  bool const is_there = own != message.reactions.end();
  bool const wanted = change == ReactionChange::toggle ? !is_there : change == ReactionChange::set;
  if (wanted == is_there) return ReactionOutcome{std::move(message), is_there, false};

  if (wanted) {
    if (message.reactions.size() >= kMaxReactionsPerMessage) return fail(Errc::conflict, "too many reactions");
    TRY(
        tx.post("INSERT INTO reactions (tenant_id, message_id, user_id, emoji, created_at)"
                " VALUES ($1, $2, $3, $4, $5)",
                {caller.tenant, id, caller.user, emoji, tx.now()}));
    message.reactions.push_back({caller.user, std::string(emoji), caller.external_id});
  } else {
    TRY(tx.post("DELETE FROM reactions WHERE tenant_id = $1 AND message_id = $2 AND user_id = $3 AND emoji = $4",
                {caller.tenant, id, caller.user, emoji}));
    message.reactions.erase(own);
  }
  bool const part_changes = message.reactions.size() == (wanted ? 1U : 0U);
  if (part_changes) TRY(set_part(tx, caller.tenant, id, kHasReactions, wanted));

  model::LiveEvent live;
  live.event.tenant = caller.tenant;
  live.event.conversation = conversation;
  live.event.kind = wanted ? model::EventKind::reaction_added : model::EventKind::reaction_removed;
  live.event.message = id;
  live.event.seq = message.seq;
  live.event.actor = caller.user;
  live.event.subject = caller.user;
  live.event.subject_external_id = caller.external_id;
  live.event.data = emoji;
  live.message = std::make_shared<model::Message const>(message);
  TRY(record_event(tx, std::move(live)));
  return ReactionOutcome{std::move(message), wanted, true};
}

}  // namespace parlance::core
