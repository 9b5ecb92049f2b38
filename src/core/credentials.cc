#include "core/credentials.h"

#include <fmt/format.h>

#include "base/crypto.h"
#include "core/events.h"

namespace parlance::core {

namespace {

TokenOwner owner_from(storage::Row const& row) {
  TokenOwner owner;
  owner.caller.tenant = row.id<TenantId>(0);
  owner.caller.user = row.id<UserId>(1);
  owner.scopes = row.text(2);
  owner.expires_at = row.integer(3);
  owner.single_use = row.flag(4);
  return owner;
}

/// Adds what the users table knows; empty where the token has expired or its user is gone.
Result<std::optional<TokenOwner>> complete(storage::Transaction& tx, std::optional<TokenOwner> owner) {
  if (!owner || (owner->expires_at != 0 && owner->expires_at <= tx.now())) return std::nullopt;
  auto& caller = owner->caller;
  bool const known =
      TRY(tx.first("SELECT external_id, role FROM users WHERE tenant_id = $1 AND id = $2", {caller.tenant, caller.user},
                   [&](storage::Row const& row) {
                     caller.external_id = row.text(0);
                     caller.role = row.as<model::TenantRole>(1);
                     return true;
                   }))
          .has_value();
  if (!known) return std::nullopt;
  return owner;
}

}  // namespace

Result<IssuedToken> issue_token(storage::Transaction& tx, TenantId tenant, UserId user, Timestamp lifetime,
                                std::string_view scopes, TokenUse use) {
  IssuedToken issued;
  issued.token = "pt_" + to_base64url(random_bytes(32));
  issued.expires_at = lifetime == 0 ? 0 : tx.now() + lifetime;
  issued.id = TRY(tx.one(
      "INSERT INTO tokens (tenant_id, user_id, digest, scopes, single_use, expires_at, created_at)"
      " VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id",
      {tenant, user, storage::Bytes{sha256(issued.token)}, scopes, use == TokenUse::once, issued.expires_at, tx.now()},
      [](storage::Row const& row) { return row.id<TokenId>(0); }));
  return issued;
}

Result<std::optional<TokenOwner>> find_token(storage::Transaction& tx, std::string_view token) {
  auto const digest = sha256(token);
  return complete(
      tx, TRY(tx.first("SELECT tenant_id, user_id, scopes, expires_at, single_use FROM tokens WHERE digest = $1",
                       {storage::Bytes{digest}}, owner_from)));
}

Result<std::optional<TokenOwner>> spend_token(storage::Transaction& tx, std::string_view token) {
  auto const digest = sha256(token);
  return complete(tx, TRY(tx.first("DELETE FROM tokens WHERE digest = $1 AND single_use = 1"
                                   " RETURNING tenant_id, user_id, scopes, expires_at, single_use",
                                   {storage::Bytes{digest}}, owner_from)));
}

Result<void> revoke_token(storage::Transaction& tx, TenantId tenant, TokenId id) {
  auto const user = TRY(tx.first("DELETE FROM tokens WHERE tenant_id = $1 AND id = $2 RETURNING user_id", {tenant, id},
                                 [](storage::Row const& row) { return row.id<UserId>(0); }));
  if (!user) return fail(Errc::not_found, "no such token");
  announce(tx, tenant, model::EventKind::user_changed, *user);
  return {};
}

Result<std::int64_t> trim_tokens(storage::Transaction& tx, Timestamp before) {
  return tx.execute(
      "DELETE FROM tokens WHERE id IN (SELECT id FROM tokens WHERE expires_at > 0 AND expires_at < $1 LIMIT 1000)",
      {before});
}

}  // namespace parlance::core
