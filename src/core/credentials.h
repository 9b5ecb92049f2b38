#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "core/caller.h"
#include "storage/transaction.h"

namespace parlance::core {

struct IssuedToken {
  TokenId id;
  std::string token;         ///< "pt_" + 43 base64url characters; shown once, stored as SHA-256
  Timestamp expires_at = 0;  ///< 0 = never
};

enum class TokenUse { repeated, once };

/// What a connection lasts with.
struct TokenGrant {
  TokenId token;             ///< until this one is revoked; none = of no token
  Timestamp expires_at = 0;  ///< and no longer than this; 0 = for ever
};

/// Issues an opaque token for a user. `lifetime` in microseconds, 0 = for ever. `grant` is of who asks for a single-use
/// token: it is what that token hands on.
Result<IssuedToken> issue_token(storage::Transaction& tx, TenantId tenant, UserId user, Timestamp lifetime,
                                std::string_view scopes, TokenUse use, TokenGrant const& grant = {});

struct TokenOwner {
  Caller caller;
  std::string scopes;
  TokenGrant grant;  ///< the token itself and its end; of a single-use token what it hands on
  bool single_use = false;
};

/// Whose token it is; empty where it is nobody's or has expired. Does not spend a single-use token.
Result<std::optional<TokenOwner>> find_token(storage::Transaction& tx, std::string_view token);

/// Who bears a token that is not for a single use, as the user is now; empty where it is revoked. Its end is not asked.
Result<std::optional<Caller>> find_bearer(storage::Transaction& tx, TenantId tenant, TokenId id);

/// Spends a single-use token: of racing callers exactly one gets its owner. Empty as find_token, and for other tokens,
/// and where what it hands on has ended or is revoked.
Result<std::optional<TokenOwner>> spend_token(storage::Transaction& tx, std::string_view token);

/// not_found where the tenant has no such token.
Result<void> revoke_token(storage::Transaction& tx, TenantId tenant, TokenId id);

/// Deletes tokens that expired before `before`, a bounded number at a time; returns how many.
Result<std::int64_t> trim_tokens(storage::Transaction& tx, Timestamp before);

}  // namespace parlance::core
