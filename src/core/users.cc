#include "core/users.h"

#include <fmt/format.h>

#include "core/channels.h"
#include "core/checks.h"
#include "core/events.h"
#include "core/limits.h"
#include "core/locks.h"

namespace parlance::core {

namespace {

constexpr std::string_view kSelect =
    "SELECT id, tenant_id, external_id, name, email, role, bits, created_at, updated_at FROM users";

model::User user_from(storage::Row const& row) {
  model::User user;
  user.id = row.id<UserId>(0);
  user.tenant = row.id<TenantId>(1);
  user.external_id = row.text(2);
  user.name = row.text(3);
  user.email = row.text(4);
  user.role = row.as<model::TenantRole>(5);
  user.bits = row.integer(6);
  user.created_at = row.integer(7);
  user.updated_at = row.integer(8);
  return user;
}

Result<bool> is_last_owner(storage::Transaction& tx, model::User const& user) {
  if (user.role != model::TenantRole::owner) return false;
  auto const others = TRY(tx.one("SELECT COUNT(*) FROM users WHERE tenant_id = $1 AND role = $2 AND id <> $3",
                                 {user.tenant, model::TenantRole::owner, user.id},
                                 [](storage::Row const& row) { return row.integer(0); }));
  return others == 0;
}

}  // namespace

Result<void> check_external_id(std::string_view external_id, std::string_view field) {
  return check_line(external_id, field, 1, kMaxExternalIdBytes);
}

Result<std::optional<model::User>> find_user(storage::Transaction& tx, TenantId tenant, std::string_view external_id) {
  return tx.first(fmt::format("{} WHERE tenant_id = $1 AND external_id = $2", kSelect), {tenant, external_id},
                  user_from);
}

Result<std::optional<model::User>> find_user_by_email(storage::Transaction& tx, TenantId tenant,
                                                      std::string_view email) {
  return tx.first(fmt::format("{} WHERE tenant_id = $1 AND email = $2 AND email <> ''", kSelect), {tenant, email},
                  user_from);
}

Result<model::User> get_user(storage::Transaction& tx, TenantId tenant, UserId id) {
  auto user = TRY(tx.first(fmt::format("{} WHERE tenant_id = $1 AND id = $2", kSelect), {tenant, id}, user_from));
  if (!user) return fail(Errc::not_found, "no such user");
  return *std::move(user);
}

Result<Caller> caller_now(storage::Transaction& tx, Caller caller) {
  if (caller.user) caller.role = TRY(get_user(tx, caller.tenant, caller.user)).role;
  return caller;
}

Result<std::vector<UserId>> existing_users(storage::Transaction& tx, TenantId tenant, std::vector<UserId> const& ids) {
  std::vector<UserId> users;
  for (auto const id : ids) {
    auto const found = TRY(tx.first("SELECT id FROM users WHERE tenant_id = $1 AND id = $2", {tenant, id},
                                    [](storage::Row const& row) { return row.id<UserId>(0); }));
    if (found) users.push_back(*found);
  }
  return users;
}

Result<std::vector<model::User>> list_users(storage::Transaction& tx, TenantId tenant, UserId after,
                                            std::int64_t limit) {
  return tx.all(fmt::format("{} WHERE tenant_id = $1 AND id > $2 ORDER BY id LIMIT $3", kSelect),
                {tenant, after, limit}, user_from);
}

Result<model::User> ensure_user(storage::Transaction& tx, TenantId tenant, std::string_view external_id) {
  TRY(check_external_id(external_id, "user_id"));
  if (auto user = TRY(find_user(tx, tenant, external_id))) return *std::move(user);
  auto const added = TRY(
      tx.execute("INSERT INTO users (tenant_id, external_id, role, created_at, updated_at) VALUES ($1, $2, $3, $4, $4)"
                 " ON CONFLICT DO NOTHING",
                 {tenant, external_id, model::TenantRole::member, tx.now()}));
  auto user = TRY(find_user(tx, tenant, external_id));
  if (!user) return fail(Errc::internal, "a user is gone at once");
  if (added > 0) TRY(join_auto_channels(tx, *user));
  return *std::move(user);
}

Result<std::vector<model::User>> ensure_users(storage::Transaction& tx, TenantId tenant,
                                              std::vector<std::string> const& external_ids, std::string_view field) {
  if (external_ids.size() > kMaxMembersPerCall) {
    return invalid(std::string(field), fmt::format("{} names more than {} users", field, kMaxMembersPerCall));
  }
  for (std::size_t i = 0; i < external_ids.size(); ++i) {
    TRY(check_external_id(external_ids[i], fmt::format("{}[{}]", field, i)));
  }
  std::vector<model::User> users;
  users.reserve(external_ids.size());
  for (auto const& external_id : external_ids) users.push_back(TRY(ensure_user(tx, tenant, external_id)));
  return users;
}

Result<model::User> put_user(storage::Transaction& tx, TenantId tenant, std::string_view external_id,
                             UserChange const& change) {
  if (change.name) TRY(check_line(*change.name, "name", 0, kMaxNameBytes));
  if (change.email) TRY(check_line(*change.email, "email", 0, kMaxNameBytes));
  TRY(lock_tenant(tx, tenant));
  auto user = TRY(ensure_user(tx, tenant, external_id));
  if (change.role && *change.role != user.role && TRY(is_last_owner(tx, user))) {
    return fail(Errc::conflict, "the last owner cannot step down", "role");
  }
  user.name = change.name.value_or(user.name);
  user.email = change.email.value_or(user.email);
  user.role = change.role.value_or(user.role);
  user.updated_at = tx.now();
  auto const updated =
      tx.execute("UPDATE users SET name = $3, email = $4, role = $5, updated_at = $6 WHERE tenant_id = $1 AND id = $2",
                 {tenant, user.id, user.name, user.email, user.role, user.updated_at});
  if (!updated && storage::is_unique_violation(updated.error())) {
    return fail(Errc::conflict, "email is another user's", "email");
  }
  if (!updated) return std::unexpected(updated.error());
  announce(tx, tenant, model::EventKind::user_changed, user.id);
  return user;
}

std::string_view role_name(model::TenantRole role) {
  switch (role) {
    case model::TenantRole::owner: return "owner";
    case model::TenantRole::admin: return "admin";
    case model::TenantRole::moderator: return "moderator";
    case model::TenantRole::member: return "member";
    case model::TenantRole::guest: return "guest";
  }
  return "member";
}

std::optional<model::TenantRole> parse_role(std::string_view name) {
  using enum model::TenantRole;
  for (auto const role : {owner, admin, moderator, member, guest}) {
    if (role_name(role) == name) return role;
  }
  return std::nullopt;
}

}  // namespace parlance::core
