#include "core/channels.h"

#include <fmt/format.h>

#include "core/checks.h"
#include "core/conversation_rows.h"
#include "core/conversations.h"
#include "core/events.h"
#include "core/limits.h"
#include "core/locks.h"
#include "core/members.h"
#include "core/visible_threads.h"

namespace parlance::core {

namespace {

using model::ConversationKind;

Result<void> require_rank(Caller const& caller, model::TenantRole least, std::string_view refusal) {
  if (has_rank(caller, least)) return {};
  return fail(Errc::forbidden, std::string(refusal));
}

bool is_channel(model::Conversation const& conversation) {
  bool const is_kind = conversation.kind == ConversationKind::channel ||
                       conversation.kind == ConversationKind::private_channel ||
                       conversation.kind == ConversationKind::global_channel;
  return is_kind && conversation.archived_at == 0;
}

bool is_in(std::optional<model::Member> const& member) {
  return member && member->membership == model::Membership::member;
}

/// A space's own, as another dialect has made it: who is in the space is in it, without a row.
bool is_of_space(model::Conversation const& channel) { return channel.access == model::Access::space; }

Result<void> require_no_space(model::Conversation const& channel) {
  if (!is_of_space(channel)) return {};
  return fail(Errc::conflict, "this channel is a space's, which alone says who sees it");
}

model::Access access_of(ChannelMode mode) {
  switch (mode) {
    case ChannelMode::members:
    case ChannelMode::hidden: return model::Access::members;
    case ChannelMode::anyone: return model::Access::anyone;
  }
  return model::Access::members;
}

model::LiveEvent event_of(Caller const& caller, ConversationId id, model::EventKind kind) {
  model::LiveEvent live;
  live.event.tenant = caller.tenant;
  live.event.conversation = id;
  live.event.kind = kind;
  live.event.actor = caller.user;
  return live;
}

Result<void> put_in(storage::Transaction& tx, model::Conversation const& channel, UserId user,
                    std::string_view external_id) {
  TRY(insert_member(tx, channel.tenant, channel.id, user, model::MemberRole::member, model::Membership::member,
                    channel.last_seq));
  auto joined = event_of({.tenant = channel.tenant, .user = user}, channel.id, model::EventKind::member_added);
  joined.event.subject = user;
  joined.event.subject_external_id = external_id;
  joined.event.data = role_name(model::MemberRole::member);
  return record_event(tx, std::move(joined));
}

Result<std::int64_t> count_threads_in(storage::Transaction& tx, TenantId tenant, ConversationId channel) {
  return tx.one(
      "SELECT COUNT(*) FROM conversation_parents p JOIN conversations c ON c.tenant_id = p.tenant_id"
      " AND c.id = p.conversation_id WHERE p.tenant_id = $1 AND p.parent_id = $2 AND (c.bits & 1) = 0",
      {tenant, channel}, [](storage::Row const& row) { return row.integer(0); });
}

Result<void> change_mode(Caller const& caller, model::Conversation& channel, ChannelChange const& change) {
  TRY(require_rank(caller, model::TenantRole::admin, "only an admin may change who sees a channel"));
  if (channel.kind == ConversationKind::global_channel)
    return fail(Errc::conflict, "this channel is everybody's; who sees it cannot be changed");
  TRY(require_no_space(channel));
  auto const mode = change.mode.value_or(channel_mode(channel));
  channel.access = access_of(mode);
  channel.hidden = mode == ChannelMode::hidden;
  if (change.auto_join) channel.bits = (channel.bits & ~model::kAutoJoin) | (*change.auto_join ? model::kAutoJoin : 0);
  // What another dialect made private is a channel with members like any other from now on.
  channel.kind = ConversationKind::channel;
  return {};
}

/// Hides the threads of a channel whose channels are all hidden, and shows the others. How many lie in it.
Result<std::int64_t> settle_thread_visibility(storage::Transaction& tx, TenantId tenant, ConversationId channel) {
  TRY(lock_threads_in(tx, tenant, channel));
  return tx.execute(
      "UPDATE conversations SET hidden = CASE WHEN EXISTS (SELECT 1 FROM conversation_parents q"
      " JOIN conversations a ON a.tenant_id = q.tenant_id AND a.id = q.parent_id"
      " WHERE q.tenant_id = $1 AND q.conversation_id = conversations.id AND a.hidden = 0 AND a.kind <> 3"
      " AND a.access <> 1)"
      " THEN 0 ELSE 1 END WHERE tenant_id = $1 AND id IN"
      " (SELECT p.conversation_id FROM conversation_parents p WHERE p.tenant_id = $1 AND p.parent_id = $2)",
      {tenant, channel});
}

/// What lies in the channel follows its new mode; the threads' own logs say nothing of it.
Result<void> settle_threads(storage::Transaction& tx, model::Conversation const& channel, model::Access before) {
  auto const count = TRY(settle_thread_visibility(tx, channel.tenant, channel.id));
  if (count > 0 && channel.access != before) announce(tx, channel.tenant, model::EventKind::sight_changed);
  return {};
}

}  // namespace

ChannelMode channel_mode(model::Conversation const& channel) {
  if (channel.hidden || channel.kind == ConversationKind::private_channel) return ChannelMode::hidden;
  return channel.access == model::Access::anyone ? ChannelMode::anyone : ChannelMode::members;
}

bool is_known_to_members_only(model::Conversation const& channel) {
  return channel_mode(channel) == ChannelMode::hidden || is_of_space(channel);
}

Result<model::Conversation> create_channel(storage::Transaction& tx, Caller const& caller, NewChannel const& input) {
  TRY(require_rank(caller, model::TenantRole::moderator, "only a moderator may create a channel"));
  TRY(check_line(input.name, "name", 1, kMaxNameBytes));
  NewConversation channel;
  channel.kind = ConversationKind::channel;
  channel.access = access_of(input.mode);
  channel.hidden = input.mode == ChannelMode::hidden;
  channel.name = input.name;
  channel.description = input.description;
  channel.xid = input.xid;
  channel.bits = input.auto_join ? model::kAutoJoin : 0;
  if (caller.user) channel.members = {caller.user};
  return TRY(create_conversation(tx, caller, channel)).conversation;
}

Result<Encounter> find_channel(storage::Transaction& tx, Caller const& caller, ConversationId id) {
  auto encounter = meet(tx, caller, id);
  bool const is_absent = !encounter && encounter.error().code == Errc::not_found;
  if (!encounter && !is_absent) return encounter;
  bool const is_found = encounter && is_channel(encounter->conversation);
  bool const is_hidden =
      is_found && encounter->standing == Standing::none && is_known_to_members_only(encounter->conversation);
  if (!is_found || is_hidden) return fail(Errc::not_found, "no such channel");
  return encounter;
}

Result<model::Conversation> update_channel(storage::Transaction& tx, Caller const& caller, ConversationId id,
                                           ChannelChange const& change) {
  TRY(lock_channel(tx, caller.tenant, id));
  auto const encounter = TRY(find_channel(tx, caller, id));
  auto channel = encounter.conversation;
  TRY(require_rank(caller, model::TenantRole::moderator, "only a moderator may change a channel"));
  if (is_of_space(channel) && encounter.standing != Standing::admin)
    return fail(Errc::forbidden, "only an admin of its space may change this channel");
  if (change.name) TRY(check_line(*change.name, "name", 1, kMaxNameBytes));
  if (change.description) TRY(check_text(*change.description, "description", 0, kMaxDescriptionBytes));
  if (change.name) channel.name = change.name;
  channel.description = change.description.value_or(channel.description);
  bool const is_reset = change.mode || change.auto_join;
  if (is_reset) TRY(change_mode(caller, channel, change));
  channel.updated_at = tx.now();
  TRY(
      tx.execute("UPDATE conversations SET name = $3, description = $4, access = $5, hidden = $6, bits = $7, kind = $8,"
                 " updated_at = $9 WHERE tenant_id = $1 AND id = $2",
                 {caller.tenant, id, channel.name, channel.description, channel.access, channel.hidden, channel.bits,
                  channel.kind, channel.updated_at}));
  if (is_reset) TRY(settle_threads(tx, channel, encounter.conversation.access));
  TRY(record_event(tx, event_of(caller, id, model::EventKind::conversation_updated)));
  return channel;
}

Result<model::Conversation> delete_channel(storage::Transaction& tx, Caller const& caller, ConversationId id) {
  TRY(lock_channel(tx, caller.tenant, id));
  auto channel = TRY(find_channel(tx, caller, id)).conversation;
  TRY(require_rank(caller, model::TenantRole::moderator, "only a moderator may delete a channel"));
  TRY(require_no_space(channel));
  if (TRY(count_threads_in(tx, caller.tenant, id)) > 0)
    return fail(Errc::conflict, "threads lie in this channel: take it from them first");
  channel.bits |= model::kThreadDeleted;
  channel.archived_at = channel.updated_at = tx.now();
  TRY(
      tx.execute("UPDATE conversations SET bits = $3, archived_at = $4, updated_at = $4"
                 " WHERE tenant_id = $1 AND id = $2",
                 {caller.tenant, id, channel.bits, channel.archived_at}));
  TRY(record_event(tx, event_of(caller, id, model::EventKind::conversation_archived)));
  return channel;
}

Result<model::Conversation> join_channel(storage::Transaction& tx, Caller const& caller, ConversationId id) {
  TRY(lock_conversation(tx, caller.tenant, id));
  auto const encounter = TRY(find_channel(tx, caller, id));
  auto const& channel = encounter.conversation;
  if (!caller.user) return fail(Errc::forbidden, "only a user can join");
  if (is_in(encounter.member) || is_of_space(channel)) return channel;
  bool const is_open = channel_mode(channel) == ChannelMode::anyone;
  if (!is_open && !has_rank(caller, model::TenantRole::member))
    return fail(Errc::forbidden, "a guest joins only channels that are open to anyone");
  if (channel.kind == ConversationKind::global_channel) {
    // Everybody is in it without a row; only one who has left has something to undo.
    TRY(
        tx.execute("UPDATE members SET membership = $4, mute_until = 0 WHERE tenant_id = $1 AND conversation_id = $2"
                   " AND user_id = $3",
                   {caller.tenant, id, caller.user, model::Membership::none}));
    return channel;
  }
  TRY(put_in(tx, channel, caller.user, caller.external_id));
  return channel;
}

Result<model::Conversation> leave_channel(storage::Transaction& tx, Caller const& caller, ConversationId id) {
  TRY(lock_conversation(tx, caller.tenant, id));
  auto const encounter = TRY(find_channel(tx, caller, id));
  bool const is_implicit = encounter.conversation.kind == ConversationKind::global_channel;
  if (is_in(encounter.member) || is_implicit) TRY(leave(tx, caller, id));
  return encounter.conversation;
}

Result<ChannelView> view_channel(storage::Transaction& tx, model::Conversation channel) {
  ChannelView view{.channel = std::move(channel)};
  auto const& shown = view.channel;
  view.members = TRY(
      tx.all("SELECT user_id FROM members WHERE tenant_id = $1 AND conversation_id = $2 AND membership = 1"
             " ORDER BY user_id LIMIT $3",
             {shown.tenant, shown.id, kMaxListedMembers}, [](storage::Row const& row) { return row.id<UserId>(0); }));
  view.thread_count = TRY(count_threads_in(tx, shown.tenant, shown.id));
  return view;
}

Result<std::vector<ChannelView>> list_channels(storage::Transaction& tx, Caller const& caller) {
  // The numbers are those of kinds, memberships and accesses. $3: the caller is somebody, and no guest; $4: the
  // backend.
  static std::string const kSql = fmt::format(
      "SELECT {} FROM conversations c LEFT JOIN members b ON b.tenant_id = c.tenant_id AND b.conversation_id = c.id"
      " AND b.user_id = $2 WHERE c.tenant_id = $1 AND c.kind IN (2, 3, 4) AND c.archived_at = 0"
      " AND ($4 = 1 OR b.membership = 1 OR {} OR ($3 = 1 AND c.hidden = 0 AND c.kind <> 3 AND c.access <> 1))"
      " ORDER BY c.id",
      kConversationColumns, open_to_caller("c"));
  auto channels = TRY(tx.all(kSql, visibility_params(caller), conversation_from));
  std::vector<ChannelView> views;
  views.reserve(channels.size());
  for (auto& channel : channels) views.push_back(TRY(view_channel(tx, std::move(channel))));
  return views;
}

Result<void> join_auto_channels(storage::Transaction& tx, model::User const& user) {
  static std::string const kSql = fmt::format(
      "SELECT {} FROM conversations c WHERE c.tenant_id = $1 AND (c.bits & 8) <> 0 AND c.archived_at = 0 ORDER BY c.id",
      kConversationColumns);
  for (auto const& channel : TRY(tx.all(kSql, {user.tenant}, conversation_from))) {
    TRY(put_in(tx, channel, user.id, user.external_id));
  }
  return {};
}

}  // namespace parlance::core
