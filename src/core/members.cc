#include "core/members.h"

#include <fmt/format.h>

#include "core/conversation_rows.h"
#include "core/conversations.h"
#include "core/events.h"
#include "core/locks.h"
#include "core/permissions.h"
#include "core/personal.h"
#include "core/users.h"

namespace parlance::core {

namespace {

/// "Until I turn it back on": the end of the year 9999.
constexpr Timestamp kForever = 253'402'300'799 * kSecond;

std::string members_sql(std::string_view condition) {
  return fmt::format(
      "SELECT {} FROM members b JOIN users u ON u.tenant_id = b.tenant_id AND u.id = b.user_id"
      " WHERE b.tenant_id = $1 AND b.conversation_id = $2 AND {}",
      kMemberColumns, condition);
}

model::Member first_column_member(storage::Row const& row) { return member_from(row, 0); }

Result<void> record_change(storage::Transaction& tx, Caller const& caller, ConversationId id, model::EventKind kind,
                           model::Member const& member) {
  model::LiveEvent live;
  live.event.tenant = caller.tenant;
  live.event.conversation = id;
  live.event.kind = kind;
  live.event.actor = caller.user;
  live.event.subject = member.user;
  live.event.subject_external_id = member.external_id;
  live.event.data = role_name(member.role);
  return record_event(tx, std::move(live));
}

Result<void> take_out(storage::Transaction& tx, TenantId tenant, ConversationId id, UserId user) {
  auto const gone =
      TRY(tx.execute("UPDATE members SET membership = $4, role = $5 WHERE tenant_id = $1 AND conversation_id = $2"
                     " AND user_id = $3 AND membership = 1",
                     {tenant, id, user, model::Membership::left, model::MemberRole::member}));
  if (gone == 0) return {};
  TRY(tx.execute("UPDATE conversations SET member_count = member_count - 1 WHERE tenant_id = $1 AND id = $2",
                 {tenant, id}));
  return {};
}

/// A conversation with members has an admin, unless it never had one (a dm).
Result<void> find_new_admin(storage::Transaction& tx, Caller const& caller, ConversationId id) {
  auto const members = TRY(all_members(tx, caller.tenant, id));
  for (auto const& member : members) {
    if (member.role == model::MemberRole::admin) return {};
  }
  if (members.empty()) return {};
  TRY(tx.execute("UPDATE members SET role = $4 WHERE tenant_id = $1 AND conversation_id = $2 AND user_id = $3",
                 {caller.tenant, id, members.front().user, model::MemberRole::admin}));
  return record_change(tx, caller, id, model::EventKind::member_updated,
                       *TRY(find_member(tx, caller.tenant, id, members.front().user)));
}

bool is_member(std::optional<model::Member> const& member) {
  return member && member->membership == model::Membership::member;
}

}  // namespace

std::string_view role_name(model::MemberRole role) {
  switch (role) {
    case model::MemberRole::admin: return "admin";
    case model::MemberRole::member: return "member";
  }
  return "member";
}

Result<std::vector<model::Member>> list_members(storage::Transaction& tx, Caller const& caller, ConversationId id,
                                                std::int64_t limit, std::int64_t offset) {
  TRY(require(tx, caller, id, Action::see));
  static std::string const kSql =
      members_sql("b.membership = 1 ORDER BY b.joined_at, b.participant_id LIMIT $3 OFFSET $4");
  return tx.all(kSql, {caller.tenant, id, limit, offset}, first_column_member);
}

Result<std::vector<model::Member>> all_members(storage::Transaction& tx, TenantId tenant, ConversationId id) {
  static std::string const kSql = members_sql("b.membership = 1 ORDER BY b.joined_at, b.participant_id");
  return tx.all(kSql, {tenant, id}, first_column_member);
}

Result<std::optional<model::Member>> find_member(storage::Transaction& tx, TenantId tenant, ConversationId id,
                                                 UserId user) {
  static std::string const kSql = members_sql("b.user_id = $3");
  return tx.first(kSql, {tenant, id, user}, first_column_member);
}

Result<model::Member> add_member(storage::Transaction& tx, Caller const& caller, ConversationId id, UserId user,
                                 model::MemberRole role) {
  TRY(lock_conversation(tx, caller.tenant, id));
  auto const conversation = TRY(require(tx, caller, id, Action::manage_members)).conversation;
  if (conversation.kind == model::ConversationKind::dm) return fail(Errc::conflict, "a dm takes no further members");
  if (conversation.archived_at != 0) return fail(Errc::conflict, "this conversation is archived");
  TRY(get_user(tx, caller.tenant, user));
  auto const before = TRY(find_member(tx, caller.tenant, id, user));
  if (is_member(before) && before->role == role) return *before;
  auto kind = model::EventKind::member_updated;
  if (is_member(before)) {
    TRY(tx.execute("UPDATE members SET role = $4 WHERE tenant_id = $1 AND conversation_id = $2 AND user_id = $3",
                   {caller.tenant, id, user, role}));
  } else {
    kind = model::EventKind::member_added;
    TRY(insert_member(tx, caller.tenant, id, user, role, model::Membership::member, conversation.last_seq));
  }
  auto const member = TRY(find_member(tx, caller.tenant, id, user));
  TRY(record_change(tx, caller, id, kind, *member));
  return *member;
}

Result<void> remove_member(storage::Transaction& tx, Caller const& caller, ConversationId id, UserId user) {
  TRY(lock_conversation(tx, caller.tenant, id));
  auto const conversation = TRY(require(tx, caller, id, Action::manage_members)).conversation;
  if (conversation.kind == model::ConversationKind::dm) return fail(Errc::conflict, "a dm keeps its two members");
  auto const member = TRY(find_member(tx, caller.tenant, id, user));
  if (!is_member(member)) return fail(Errc::not_found, "no such member");
  TRY(take_out(tx, caller.tenant, id, user));
  TRY(record_change(tx, caller, id, model::EventKind::member_removed, *member));
  return find_new_admin(tx, caller, id);
}

Result<void> leave(storage::Transaction& tx, Caller const& caller, ConversationId id) {
  TRY(lock_conversation(tx, caller.tenant, id));
  auto const encounter = TRY(require(tx, caller, id, Action::see));
  if (!caller.user) return fail(Errc::forbidden, "only a user can leave");
  if (encounter.conversation.kind == model::ConversationKind::dm) return fail(Errc::conflict, "a dm cannot be left");
  if (is_member(encounter.member)) {
    TRY(take_out(tx, caller.tenant, id, caller.user));
    TRY(record_change(tx, caller, id, model::EventKind::member_left, *encounter.member));
    return find_new_admin(tx, caller, id);
  }
  TRY(ensure_member(tx, caller, encounter, encounter.conversation.last_seq));
  TRY(
      tx.execute("UPDATE members SET membership = $4, mute_until = $5 WHERE tenant_id = $1 AND conversation_id = $2"
                 " AND user_id = $3",
                 {caller.tenant, id, caller.user, model::Membership::left, kForever}));
  // Nobody else is told, for nobody else's list changes.
  model::LiveEvent live;
  live.event.tenant = caller.tenant;
  live.event.conversation = id;
  live.event.kind = model::EventKind::member_left;
  live.event.actor = caller.user;
  live.event.subject = caller.user;
  live.event.subject_external_id = caller.external_id;
  return tell_users(tx, live);
}

Result<std::vector<UserId>> list_contacts(storage::Transaction& tx, TenantId tenant, UserId user) {
  return tx.all(
      "SELECT DISTINCT o.user_id FROM members b JOIN members o ON o.tenant_id = b.tenant_id"
      " AND o.conversation_id = b.conversation_id AND o.membership = 1 AND o.user_id <> b.user_id"
      " WHERE b.tenant_id = $1 AND b.user_id = $2 AND b.membership = 1",
      {tenant, user}, [](storage::Row const& row) { return row.id<UserId>(0); });
}

Result<std::vector<ConversationId>> list_joined_ids(storage::Transaction& tx, TenantId tenant, UserId user) {
  return tx.all(
      "SELECT conversation_id FROM members WHERE tenant_id = $1 AND user_id = $2 AND membership = 1"
      " ORDER BY conversation_id",
      {tenant, user}, [](storage::Row const& row) { return row.id<ConversationId>(0); });
}

Result<void> insert_member(storage::Transaction& tx, TenantId tenant, ConversationId id, UserId user,
                           model::MemberRole role, model::Membership membership, std::int64_t joined_seq) {
  // Whoever comes back keeps its read marks, but sees the history from its new joining on.
  auto const joined = TRY(
      tx.execute("INSERT INTO members (tenant_id, conversation_id, user_id, role, membership, joined_at, joined_seq,"
                 " delivered_seq) VALUES ($1, $2, $3, $4, $5, $6, $7, $7)"
                 " ON CONFLICT (tenant_id, conversation_id, user_id) DO UPDATE SET role = excluded.role,"
                 " membership = excluded.membership, joined_at = excluded.joined_at, joined_seq = excluded.joined_seq"
                 " WHERE excluded.membership = 1 AND members.membership <> 1",
                 {tenant, id, user, role, membership, tx.now(), joined_seq}));
  if (joined == 0 || membership != model::Membership::member) return {};
  TRY(tx.execute("UPDATE conversations SET member_count = member_count + 1 WHERE tenant_id = $1 AND id = $2",
                 {tenant, id}));
  return {};
}

Result<model::Member> ensure_member(storage::Transaction& tx, Caller const& caller, Encounter const& encounter,
                                    std::int64_t joined_seq) {
  if (encounter.member) return *encounter.member;
  auto const id = encounter.conversation.id;
  TRY(insert_member(tx, caller.tenant, id, caller.user, model::MemberRole::member, model::Membership::none,
                    joined_seq));
  return *TRY(find_member(tx, caller.tenant, id, caller.user));
}

}  // namespace parlance::core
