#include "dialects/conversations/members.h"

#include "api/spelling.h"
#include "core/conversation_views.h"
#include "core/members.h"
#include "core/message_log.h"
#include "core/permissions.h"
#include "core/preferences.h"
#include "core/reads.h"
#include "core/users.h"
#include "dialects/conversations/wire.h"

namespace parlance::conversations {
namespace {

model::MemberRole role_for(std::optional<RoleName> wanted, std::optional<model::Member> const& before) {
  if (wanted) return *wanted == RoleName::admin ? model::MemberRole::admin : model::MemberRole::member;
  bool const is_in = before && before->membership == model::Membership::member;
  return is_in ? before->role : model::MemberRole::member;
}

Result<model::Member> add(storage::Transaction& tx, core::Caller const& caller, ConversationId id,
                          NewMember const& body) {
  // Before the user is made: strangers must not fill a tenant with users.
  auto const encounter = TRY(core::require(tx, caller, id, core::Action::manage_members));
  if (encounter.conversation.access == model::Access::tenant) {
    return fail(Errc::conflict, "everybody is in this channel");
  }
  TRY(core::check_external_id(body.userId, "userId"));
  auto const user = TRY(core::ensure_user(tx, caller.tenant, body.userId));
  auto const before = TRY(core::find_member(tx, caller.tenant, id, user.id));
  return core::add_member(tx, caller, id, user.id, role_for(body.role, before));
}

http::Response member_reply(model::Member const& member) {
  ConversationMember reply;
  reply.userId = member.external_id;
  reply.role = member.role == model::MemberRole::admin ? RoleName::admin : RoleName::member;
  reply.joinedAt = format_rfc3339(member.joined_at);
  return http::Response::json(200, http::encode_json(reply));
}

http::Response preferences_reply(model::Member const& member) {
  Preferences reply;
  reply.starred = member.starred;
  reply.muteUntil = optional_time(member.mute_until);
  reply.notifyLevel = notify_level_name_of(member.notify_level);
  return http::Response::json(200, http::encode_json(reply));
}

http::Response read_reply(core::ConversationView const& view) {
  ReadState reply;
  reply.conversationId = api::spell_decimal(view.conversation.id.value);
  if (view.last_read_message) reply.lastReadMessageId.value = api::spell_decimal(view.last_read_message.value);
  reply.unreadCount = view.unread.messages;
  reply.mentionCount = view.unread.mentions;
  return http::Response::json(200, http::encode_json(reply));
}

Result<core::PreferencesChange> change_from(PreferencesChange const& body) {
  core::PreferencesChange change;
  change.starred = body.starred;
  if (body.notifyLevel) change.notify_level = notify_level_of(*body.notifyLevel);
  if (!body.muteUntil) return change;
  change.mute_until = 0;
  if (body.muteUntil.is_null()) return change;
  auto const time = parse_rfc3339(*body.muteUntil.value);
  if (!time) return invalid("muteUntil", "muteUntil must be an RFC 3339 time or null");
  // The very beginning of time is long over, and 0 stands for "not muted".
  change.mute_until = *time;
  return change;
}

}  // namespace

Task<Result<http::Response>> add_member(Dialect& dialect, Call& call) {
  auto const id = CO_TRY(conversation_in_path(call));
  auto const body = CO_TRY(read_body<NewMember>(call));
  auto const verb = [&](storage::Transaction& tx) { return add(tx, call.caller(), id, body); };
  co_return co_await write(dialect, call, id.value, verb, member_reply);
}

Task<Result<http::Response>> remove_member(Dialect& dialect, Call& call) {
  auto const id = CO_TRY(conversation_in_path(call));
  auto const body = CO_TRY(read_body<MemberRef>(call));
  auto const& caller = call.caller();
  auto const verb = [&](storage::Transaction& tx) -> Result<bool> {
    TRY(core::require(tx, caller, id, core::Action::manage_members));
    auto const user = TRY(core::find_user(tx, caller.tenant, body.userId));
    if (!user) return fail(Errc::not_found, "no such member");
    TRY(core::remove_member(tx, caller, id, user->id));
    return true;
  };
  co_return co_await write(dialect, call, id.value, verb, [](bool) { return empty_reply(); });
}

Task<Result<http::Response>> leave(Dialect& dialect, Call& call) {
  auto const id = CO_TRY(conversation_in_path(call));
  auto const verb = [&](storage::Transaction& tx) -> Result<bool> {
    TRY(core::leave(tx, call.caller(), id));
    return true;
  };
  co_return co_await write(dialect, call, id.value, verb, [](bool) { return empty_reply(); });
}

Task<Result<http::Response>> mark_read(Dialect& dialect, Call& call) {
  auto const id = CO_TRY(conversation_in_path(call));
  auto const body = CO_TRY(read_body<ReadMark>(call));
  auto const message_id = CO_TRY(message_id_of(body.messageId));
  auto const& caller = call.caller();
  auto const verb = [&](storage::Transaction& tx) -> Result<core::ConversationView> {
    auto const encounter = TRY(core::require(tx, caller, id, core::Action::see));
    auto const message = TRY(core::read_message(tx, encounter, message_id, core::Tombstones::keep));
    TRY(core::mark_read(tx, caller, id, 1, message.seq));
    TRY(core::mark_mentions_read(tx, caller, id, 1, message.seq));
    return core::view_conversation(tx, caller, TRY(core::meet(tx, caller, id)));
  };
  co_return co_await write(dialect, call, id.value, verb, read_reply);
}

Task<Result<http::Response>> update_preferences(Dialect& dialect, Call& call) {
  auto const id = CO_TRY(conversation_in_path(call));
  auto const body = CO_TRY(read_body<PreferencesChange>(call));
  auto const change = CO_TRY(change_from(body));
  auto const verb = [&](storage::Transaction& tx) { return core::change_preferences(tx, call.caller(), id, change); };
  co_return co_await write(dialect, call, id.value, verb, preferences_reply);
}

}  // namespace parlance::conversations
