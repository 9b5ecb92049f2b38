#pragma once

#include <memory>
#include <string>

#include "api/token_bucket.h"
#include "base/clock.h"
#include "base/ids.h"
#include "core/caller.h"
#include "http/request.h"
#include "model/tenant.h"

namespace parlance::api {

/// A tenant as it is cached. Never changed after it is made; the bucket outlives renewals of the cache.
struct TenantState {
  model::Tenant tenant;
  std::shared_ptr<TokenBucket> bucket;
};

enum class CredentialKind {
  tenant_key,
  user_token,
  jwt,
};

/// Who a request comes from.
struct Identity {
  std::shared_ptr<TenantState const> tenant;
  core::Caller caller;  ///< is_backend where kind is tenant_key, also when it names a user
  CredentialKind kind = CredentialKind::tenant_key;
  std::string scopes;        ///< of a user token; space-separated, empty = everything
  Timestamp expires_at = 0;  ///< of the credential; 0 = never
  TokenId token;             ///< whose revocation ends the identity; none = of no token

  /// The tenant's own backend acting for itself, whoever it names as its user. Only where kind is tenant_key.
  core::Caller backend() const;
};

/// The identity that the authentication middleware has found. Only on routes that need one (Access::user, tenant,
/// backend); ends the process elsewhere.
Identity const& identity_of(http::Request const& request);

/// The same for Access::optional: null where the caller is anonymous.
Identity const* find_identity(http::Request const& request);

/// identity_of(request).caller
inline core::Caller const& caller_of(http::Request const& request) { return identity_of(request).caller; }

/// For the middleware and for tests.
void set_identity(http::Request& request, Identity identity);

}  // namespace parlance::api
