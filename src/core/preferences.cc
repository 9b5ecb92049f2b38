#include "core/preferences.h"

#include "core/locks.h"
#include "core/members.h"
#include "core/permissions.h"
#include "core/personal.h"

namespace parlance::core {

namespace {

Result<void> check_change(model::Conversation const& conversation, PreferencesChange const& change) {
  bool const is_dm = conversation.kind == model::ConversationKind::dm;
  auto const level = change.notify_level.value_or(model::NotifyLevel::all);
  if (is_dm && level != model::NotifyLevel::all && level != model::NotifyLevel::none) {
    return invalid("notify_level", "a dm notifies of all messages or of none");
  }
  if (change.mute_until && (*change.mute_until < 0 || *change.mute_until > kMutedForEver)) {
    return invalid("mute_until", "mute_until is out of range");
  }
  return {};
}

}  // namespace

Result<model::Member> change_preferences(storage::Transaction& tx, Caller const& caller, ConversationId id,
                                         PreferencesChange const& change) {
  TRY(lock_conversation(tx, caller.tenant, id));
  auto const encounter = TRY(require(tx, caller, id, Action::see));
  if (!caller.user) return fail(Errc::forbidden, "only a user has preferences");
  TRY(check_change(encounter.conversation, change));
  auto member = TRY(ensure_member(tx, caller, encounter));
  member.starred = change.starred.value_or(member.starred);
  member.mute_until = change.mute_until.value_or(member.mute_until);
  member.notify_level = change.notify_level.value_or(member.notify_level);
  // Whoever sees it without being a member has only hidden it.
  bool const is_hidden = member.membership == model::Membership::left;
  if (is_hidden && change.mute_until == 0) member.membership = model::Membership::none;
  TRY(tx.execute(
      "UPDATE members SET starred = $4, mute_until = $5, notify_level = $6, membership = $7"
      " WHERE tenant_id = $1 AND conversation_id = $2 AND user_id = $3",
      {caller.tenant, id, caller.user, member.starred, member.mute_until, member.notify_level, member.membership}));
  model::LiveEvent live;
  live.event.tenant = caller.tenant;
  live.event.conversation = id;
  live.event.kind = model::EventKind::member_updated;
  live.event.actor = caller.user;
  live.event.subject = caller.user;
  live.event.subject_external_id = caller.external_id;
  live.event.created_at = tx.now();
  TRY(tell_users(tx, live));
  tx.announce(std::move(live));
  return member;
}

}  // namespace parlance::core
