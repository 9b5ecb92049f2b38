#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "api/identity.h"
#include "api/jwt.h"
#include "base/executor.h"
#include "base/result.h"
#include "base/task.h"
#include "http/request.h"
#include "outbound/http_client.h"
#include "realtime/broker.h"
#include "storage/read_pool.h"
#include "storage/write_lane.h"

namespace parlance::api {

/// Error::field of the unauthenticated errors below, for dialects that word them by themselves.
inline constexpr std::string_view kCredentialMissing = "credential_missing";
inline constexpr std::string_view kCredentialMalformed = "credential_malformed";
inline constexpr std::string_view kCredentialInvalid = "credential_invalid";
inline constexpr std::string_view kUserMissing = "user_missing";

/// What a caller shows, unchecked.
struct Presented {
  std::string api_key;     ///< X-API-Key
  std::string user_id;     ///< X-User-Id; only looked at with a tenant's key
  std::string bearer;      ///< after "Authorization: Bearer "; a tenant's key, a user token or a JWT
  bool malformed = false;  ///< there is an Authorization header, but not of that form

  static Presented of(http::Request const& request);
  bool empty() const { return api_key.empty() && bearer.empty() && !malformed; }
};

/// "iss" of the tokens that this server signs itself, with the tenant's realtime secret.
inline constexpr std::string_view kOwnIssuer = "parlance";

/// What may change of an identity while its credential stays good.
struct Standing {
  std::shared_ptr<TenantState const> tenant;
  model::TenantRole role = model::TenantRole::guest;
};

/// A token whose signature is good, and whose tenant's.
struct SignedJwt {
  std::shared_ptr<TenantState const> tenant;
  Jwt jwt;
};

struct AuthenticatorOptions {
  std::string master_key;  ///< empty: there is none
  /// Entries of each cache; beyond it the oldest half goes.
  std::size_t cache_entries = 50'000;
  /// JWKS documents may come from addresses of private networks.
  bool allow_private_jwks = false;
};

/// Finds out who a caller is. Known credentials are answered from caches, which hold at most 30 s and follow the
/// broker's tenant_changed and user_changed, so that the hot path touches no database. Any thread; each task runs on,
/// and resumes on, the executor that it is given.
///
/// Errors: unauthenticated with one of the reasons above as field; unavailable where the database is.
class Authenticator {
 public:
  Authenticator(AuthenticatorOptions options, storage::WriteLanes& lanes, storage::ReadPool& reads,
                realtime::Broker& broker, outbound::HttpClient& client);
  ~Authenticator();
  Authenticator(Authenticator const&) = delete;
  Authenticator& operator=(Authenticator const&) = delete;

  /// Whose credential it is. A user that the tenant's key or a JWT names is created on first use. `user` of the caller
  /// is none where a tenant's key came without X-User-Id.
  Task<Result<Identity>> resolve(Presented presented, Executor& executor);

  /// resolve(), and user_missing where there is no user.
  Task<Result<Identity>> resolve_user(Presented presented, Executor& executor);

  /// How a user's identity that was found earlier stands now. unauthenticated where its token is revoked, or its user
  /// or tenant is gone. Whether its time is over is not asked, and the token is looked at within that time only.
  Task<Result<Standing>> standing(std::shared_ptr<Identity const> identity, Executor& executor);

  /// Spends a single-use token (`?token=` of a WebSocket): of racing callers one gets the identity, which lasts as long
  /// as that of who asked for the token.
  Task<Result<Identity>> spend(std::string token, Executor& executor);

  /// The tenant that has signed a JWT for realtime connections: by its realtime secret where we are the issuer, else as
  /// its own issuer, whose issuer and audience then match. The token's times are not looked at.
  Task<Result<SignedJwt>> verify_signature(std::string token, Executor& executor);

  /// A user of a tenant that is known by other means, made on first use.
  Task<Result<Identity>> identify(std::shared_ptr<TenantState const> tenant, std::string external_id,
                                  Executor& executor);

  /// The tenant of that id or hostname (a DNS label), for anonymous callers of public content. not_found.
  Task<Result<std::shared_ptr<TenantState const>>> tenant(TenantId id, Executor& executor);
  Task<Result<std::shared_ptr<TenantState const>>> tenant_of_host(std::string hostname, Executor& executor);

  bool has_master_key() const;
  /// In constant time.
  bool is_master_key(std::string_view key) const;

  /// Forgets what is cached of a tenant, or of one of its users. The broker's events do this too.
  void forget(TenantId tenant);

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace parlance::api
