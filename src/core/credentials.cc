#include "core/credentials.h"

#include <fmt/format.h>

#include "base/crypto.h"
#include "core/events.h"

namespace parlance::core {

namespace {

constexpr std::string_view kTokenColumns =
    "tenant_id, user_id, scopes, expires_at, single_use, id, source_id, grants_until";

struct TokenRow {
  TokenOwner owner;
  Timestamp expires_at = 0;
};

TokenRow token_from(storage::Row const& row) {
  TokenRow token;
  auto& owner = token.owner;
  owner.caller.tenant = row.id<TenantId>(0);
  owner.caller.user = row.id<UserId>(1);
  owner.scopes = row.text(2);
  token.expires_at = row.integer(3);
  owner.single_use = row.flag(4);
  owner.grant = owner.single_use ? TokenGrant{row.id<TokenId>(6), row.integer(7)}
                                 : TokenGrant{row.id<TokenId>(5), token.expires_at};
  return token;
}

bool is_over(storage::Transaction& tx, Timestamp end) { return end != 0 && end <= tx.now(); }

/// Adds what the users table knows; empty where the token has expired or its user is gone.
Result<std::optional<TokenOwner>> complete(storage::Transaction& tx, std::optional<TokenRow> token) {
  if (!token || is_over(tx, token->expires_at)) return std::nullopt;
  auto owner = std::optional(std::move(token->owner));
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
                                std::string_view scopes, TokenUse use, TokenGrant const& grant) {
  IssuedToken issued;
  issued.token = "pt_" + to_base64url(random_bytes(32));
  issued.expires_at = lifetime == 0 ? 0 : tx.now() + lifetime;
  issued.id = TRY(
      tx.one("INSERT INTO tokens (tenant_id, user_id, digest, scopes, single_use, expires_at, created_at, source_id,"
             " grants_until) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING id",
             {tenant, user, storage::Bytes{sha256(issued.token)}, scopes, use == TokenUse::once, issued.expires_at,
              tx.now(), grant.token, grant.expires_at},
             [](storage::Row const& row) { return row.id<TokenId>(0); }));
  return issued;
}

Result<std::optional<TokenOwner>> find_token(storage::Transaction& tx, std::string_view token) {
  auto const digest = sha256(token);
  return complete(tx, TRY(tx.first(fmt::format("SELECT {} FROM tokens WHERE digest = $1", kTokenColumns),
                                   {storage::Bytes{digest}}, token_from)));
}

Result<std::optional<Caller>> find_bearer(storage::Transaction& tx, TenantId tenant, TokenId id) {
  return tx.first(
      "SELECT u.id, u.external_id, u.role FROM tokens t JOIN users u ON u.tenant_id = t.tenant_id AND u.id = t.user_id"
      " WHERE t.tenant_id = $1 AND t.id = $2 AND t.single_use = 0",
      {tenant, id}, [&](storage::Row const& row) {
        return Caller{.tenant = tenant,
                      .user = row.id<UserId>(0),
                      .external_id = std::string(row.text(1)),
                      .role = row.as<model::TenantRole>(2)};
      });
}

Result<std::optional<TokenOwner>> spend_token(storage::Transaction& tx, std::string_view token) {
  auto const digest = sha256(token);
  auto spent =
      TRY(tx.first(fmt::format("DELETE FROM tokens WHERE digest = $1 AND single_use = 1 RETURNING {}", kTokenColumns),
                   {storage::Bytes{digest}}, token_from));
  auto owner = TRY(complete(tx, std::move(spent)));
  if (!owner || is_over(tx, owner->grant.expires_at)) return std::nullopt;
  auto const source = owner->grant.token;
  if (source && !TRY(find_bearer(tx, owner->caller.tenant, source))) return std::nullopt;
  return owner;
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
