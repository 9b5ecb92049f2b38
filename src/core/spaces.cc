#include "core/spaces.h"

#include <fmt/format.h>

#include "core/checks.h"
#include "core/conversations.h"
#include "core/events.h"
#include "core/limits.h"
#include "core/locks.h"

namespace parlance::core {

namespace {

constexpr std::string_view kSelect =
    "SELECT s.id, s.tenant_id, s.name, s.description, s.icon, s.is_default, s.main_conversation, s.created_by,"
    " s.created_at, s.updated_at FROM spaces s";

model::Space space_from(storage::Row const& row) {
  model::Space space;
  space.id = row.id<SpaceId>(0);
  space.tenant = row.id<TenantId>(1);
  space.name = row.text(2);
  space.description = row.text(3);
  space.icon = row.text(4);
  space.is_default = row.flag(5);
  space.main_conversation = row.id<ConversationId>(6);
  space.created_by = row.id<UserId>(7);
  space.created_at = row.integer(8);
  space.updated_at = row.integer(9);
  return space;
}

bool sees_every_space(Caller const& caller) {
  return (caller.is_backend && !caller.user) ||
         (caller.user && (caller.role == model::TenantRole::owner || caller.role == model::TenantRole::admin));
}

enum class IsDefault { no, yes };

Result<model::Space> insert_space(storage::Transaction& tx, Caller const& caller, NewSpace const& input,
                                  IsDefault is_default) {
  TRY(check_line(input.name, "name", 1, kMaxNameBytes));
  TRY(check_text(input.description, "description", 0, kMaxDescriptionBytes));
  auto const id = TRY(
      tx.one("INSERT INTO spaces (tenant_id, name, description, icon, is_default, created_by, created_at, updated_at)"
             " VALUES ($1, $2, $3, $4, $5, $6, $7, $7) RETURNING id",
             {caller.tenant, input.name, input.description, input.icon, is_default, caller.user, tx.now()},
             [](storage::Row const& row) { return row.id<SpaceId>(0); }));
  if (caller.user && is_default == IsDefault::no) {
    TRY(tx.execute(
        "INSERT INTO space_members (tenant_id, space_id, user_id, role, joined_at) VALUES ($1, $2, $3, $4, $5)",
        {caller.tenant, id, caller.user, model::SpaceRole::owner, tx.now()}));
  }
  NewConversation chat;
  chat.kind = model::ConversationKind::channel;
  chat.access = model::Access::space;
  chat.space = id;
  chat.name = input.name;
  Caller const creator{.tenant = caller.tenant, .is_backend = true};
  auto const created = TRY(create_conversation(tx, creator, chat));
  TRY(tx.execute("UPDATE spaces SET main_conversation = $3 WHERE tenant_id = $1 AND id = $2",
                 {caller.tenant, id, created.conversation.id}));
  return TRY(tx.one(fmt::format("{} WHERE s.tenant_id = $1 AND s.id = $2", kSelect), {caller.tenant, id}, space_from));
}

Result<model::Space> require_admin(storage::Transaction& tx, Caller const& caller, SpaceId id) {
  auto space = TRY(get_space(tx, caller, id));
  if (sees_every_space(caller)) return space;
  auto const role = TRY(space_role(tx, caller, id));
  if (!role || *role > model::SpaceRole::admin) return fail(Errc::forbidden, "only an admin may change this space");
  return space;
}

Result<bool> is_last_owner(storage::Transaction& tx, TenantId tenant, SpaceId space, UserId user) {
  auto const owners =
      TRY(tx.all("SELECT user_id FROM space_members WHERE tenant_id = $1 AND space_id = $2 AND role = $3"
                 " LIMIT 2",
                 {tenant, space, model::SpaceRole::owner}, [](storage::Row const& row) { return row.id<UserId>(0); }));
  return owners.size() == 1 && owners.front() == user;
}

}  // namespace

Result<model::Space> create_default_space(storage::Transaction& tx, Caller const& backend) {
  return insert_space(tx, backend, {.name = "General"}, IsDefault::yes);
}

Result<model::Space> create_space(storage::Transaction& tx, Caller const& caller, NewSpace const& input) {
  return insert_space(tx, caller, input, IsDefault::no);
}

Result<model::Space> get_space(storage::Transaction& tx, Caller const& caller, SpaceId id) {
  auto space =
      TRY(tx.first(fmt::format("{} WHERE s.tenant_id = $1 AND s.id = $2", kSelect), {caller.tenant, id}, space_from));
  if (!space) return fail(Errc::not_found, "no such space");
  bool const allowed = sees_every_space(caller) || TRY(space_role(tx, caller, id)).has_value();
  if (!allowed) return fail(Errc::forbidden, "not a member of this space");
  return *std::move(space);
}

Result<std::vector<model::Space>> list_spaces(storage::Transaction& tx, Caller const& caller) {
  if (sees_every_space(caller)) {
    return tx.all(fmt::format("{} WHERE s.tenant_id = $1 ORDER BY s.id", kSelect), {caller.tenant}, space_from);
  }
  return tx.all(fmt::format("{} WHERE s.tenant_id = $1 AND (s.is_default = 1 OR EXISTS (SELECT 1 FROM space_members m"
                            " WHERE m.tenant_id = s.tenant_id AND m.space_id = s.id AND m.user_id = $2)) ORDER BY s.id",
                            kSelect),
                {caller.tenant, caller.user}, space_from);
}

Result<model::Space> update_space(storage::Transaction& tx, Caller const& caller, SpaceId id,
                                  SpaceChange const& change) {
  TRY(lock_space(tx, caller.tenant, id));
  auto space = TRY(require_admin(tx, caller, id));
  if (change.name) TRY(check_line(*change.name, "name", 1, kMaxNameBytes));
  if (change.description) TRY(check_text(*change.description, "description", 0, kMaxDescriptionBytes));
  space.name = change.name.value_or(space.name);
  space.description = change.description.value_or(space.description);
  space.icon = change.icon.value_or(space.icon);
  space.updated_at = tx.now();
  TRY(
      tx.execute("UPDATE spaces SET name = $3, description = $4, icon = $5, updated_at = $6"
                 " WHERE tenant_id = $1 AND id = $2",
                 {caller.tenant, id, space.name, space.description, space.icon, space.updated_at}));
  return space;
}

Result<std::optional<model::SpaceRole>> space_role(storage::Transaction& tx, Caller const& caller, SpaceId id) {
  if (caller.is_backend && !caller.user) return model::SpaceRole::admin;
  struct Found {
    bool is_default;
    std::optional<std::int64_t> role;
  };
  auto const found =
      TRY(tx.first("SELECT s.is_default, m.role FROM spaces s LEFT JOIN space_members m ON m.tenant_id = s.tenant_id"
                   " AND m.space_id = s.id AND m.user_id = $3 WHERE s.tenant_id = $1 AND s.id = $2",
                   {caller.tenant, id, caller.user},
                   [](storage::Row const& row) { return Found{row.flag(0), row.optional_integer(1)}; }));
  if (!found || !caller.user) return std::nullopt;
  if (found->role) return static_cast<model::SpaceRole>(*found->role);
  if (!found->is_default) return std::nullopt;
  switch (caller.role) {
    case model::TenantRole::owner: return model::SpaceRole::owner;
    case model::TenantRole::admin: return model::SpaceRole::admin;
    case model::TenantRole::moderator:
    case model::TenantRole::member: return model::SpaceRole::editor;
    case model::TenantRole::guest: return model::SpaceRole::viewer;
  }
  return std::nullopt;
}

Result<model::SpaceMember> put_space_member(storage::Transaction& tx, Caller const& caller, SpaceId id, UserId user,
                                            model::SpaceRole role) {
  TRY(lock_space(tx, caller.tenant, id));
  TRY(require_admin(tx, caller, id));
  if (role != model::SpaceRole::owner && TRY(is_last_owner(tx, caller.tenant, id, user))) {
    return fail(Errc::conflict, "the last owner cannot step down", "role");
  }
  auto const joined_at =
      TRY(tx.one("INSERT INTO space_members (tenant_id, space_id, user_id, role, joined_at) VALUES ($1, $2, $3, $4, $5)"
                 " ON CONFLICT (tenant_id, space_id, user_id) DO UPDATE SET role = excluded.role RETURNING joined_at",
                 {caller.tenant, id, user, role, tx.now()}, [](storage::Row const& row) { return row.integer(0); }));
  announce(tx, caller.tenant, model::EventKind::user_changed, user);
  return model::SpaceMember{id, user, role, joined_at};
}

Result<void> remove_space_member(storage::Transaction& tx, Caller const& caller, SpaceId id, UserId user) {
  TRY(lock_space(tx, caller.tenant, id));
  TRY(require_admin(tx, caller, id));
  if (TRY(is_last_owner(tx, caller.tenant, id, user))) return fail(Errc::conflict, "the last owner cannot go");
  auto const removed = TRY(tx.execute(
      "DELETE FROM space_members WHERE tenant_id = $1 AND space_id = $2 AND user_id = $3", {caller.tenant, id, user}));
  if (removed == 0) return fail(Errc::not_found, "no such member");
  announce(tx, caller.tenant, model::EventKind::user_changed, user);
  return {};
}

Result<std::vector<SpaceMemberView>> list_space_members(storage::Transaction& tx, Caller const& caller, SpaceId id) {
  auto const space = TRY(get_space(tx, caller, id));
  return tx.all(
      "SELECT u.id, COALESCE(m.role, CASE u.role WHEN 0 THEN 0 WHEN 1 THEN 1 WHEN 4 THEN 3 ELSE 2 END),"
      " COALESCE(m.joined_at, u.created_at), u.external_id, u.name FROM users u LEFT JOIN space_members m"
      " ON m.tenant_id = u.tenant_id AND m.user_id = u.id AND m.space_id = $2"
      " WHERE u.tenant_id = $1 AND ($3 = 1 OR m.user_id IS NOT NULL) ORDER BY u.name, u.id",
      {caller.tenant, id, space.is_default}, [&](storage::Row const& row) {
        return SpaceMemberView{
            .member = {id, row.id<UserId>(0), row.as<model::SpaceRole>(1), row.integer(2)},
            .external_id = std::string(row.text(3)),
            .name = std::string(row.text(4)),
        };
      });
}

std::string_view role_name(model::SpaceRole role) {
  switch (role) {
    case model::SpaceRole::owner: return "owner";
    case model::SpaceRole::admin: return "admin";
    case model::SpaceRole::editor: return "editor";
    case model::SpaceRole::viewer: return "viewer";
  }
  return "viewer";
}

std::optional<model::SpaceRole> parse_space_role(std::string_view name) {
  using enum model::SpaceRole;
  for (auto const role : {owner, admin, editor, viewer}) {
    if (role_name(role) == name) return role;
  }
  return std::nullopt;
}

}  // namespace parlance::core
