#include "api/credentials.h"

#include <algorithm>

#include "api/expiring_cache.h"
#include "api/jwt.h"
#include "api/key_sets.h"
#include "api/lanes.h"
#include "api/spelling.h"
#include "api/tenant_directory.h"
#include "base/clock.h"
#include "base/crypto.h"
#include "base/text.h"
#include "core/credentials.h"
#include "core/users.h"

namespace parlance::api {
namespace {

std::unexpected<Error> unauthenticated(std::string_view reason, std::string message) {
  return fail(Errc::unauthenticated, std::move(message), std::string(reason));
}

core::Caller caller_from(model::User const& user) {
  return {.tenant = user.tenant, .user = user.id, .external_id = user.external_id, .role = user.role};
}

/// The user a JWT is about, filled from its claims where it is new. An address that is another user's is left out.
Result<model::User> ensure_claimed_user(storage::Transaction& tx, TenantId tenant, JwtClaims const& claims) {
  if (auto known = TRY(core::find_user(tx, tenant, claims.subject))) return *std::move(known);
  core::UserChange change;
  if (!claims.name.empty()) change.name = claims.name;
  if (!claims.email.empty()) change.email = claims.email;
  auto filled = tx.attempt([&] { return core::put_user(tx, tenant, claims.subject, change); });
  if (filled || filled.error().code == Errc::unavailable) return filled;
  return core::ensure_user(tx, tenant, claims.subject);
}

bool names_audience(JwtClaims const& claims, std::string const& audience) {
  return !audience.empty() && std::ranges::find(claims.audiences, audience) != claims.audiences.end();
}

/// The tenants whose token this may be: by issuer, else by audience, else those that ask for neither.
std::vector<TenantHandle> candidates(std::vector<TenantHandle> const& tenants, Jwt const& jwt) {
  std::vector<TenantHandle> by_issuer;
  std::vector<TenantHandle> by_audience;
  std::vector<TenantHandle> undemanding;
  for (auto const& handle : tenants) {
    auto const& settings = handle->tenant.settings.issuer;
    // The algorithm is the tenant's choice alone: a token cannot talk us into another one.
    if (parse_jwt_algorithm(settings.algorithm) != jwt.algorithm) continue;
    if (!settings.issuer.empty() && settings.issuer == jwt.claims.issuer) by_issuer.push_back(handle);
    if (names_audience(jwt.claims, settings.audience)) by_audience.push_back(handle);
    if (settings.issuer.empty() && settings.audience.empty()) undemanding.push_back(handle);
  }
  if (!by_issuer.empty()) return by_issuer;
  return by_audience.empty() ? undemanding : by_audience;
}

}  // namespace

Presented Presented::of(http::Request const& request) {
  Presented presented;
  presented.api_key = trim(request.headers.find("X-API-Key").value_or(""));
  presented.user_id = trim(request.headers.find("X-User-Id").value_or(""));
  auto const authorization = trim(request.headers.find("Authorization").value_or(""));
  constexpr std::string_view kScheme = "Bearer ";
  if (authorization.size() > kScheme.size() && equals_ignoring_case(authorization.substr(0, kScheme.size()), kScheme)) {
    presented.bearer = trim(authorization.substr(kScheme.size()));
  }
  presented.malformed = !authorization.empty() && presented.bearer.empty();
  return presented;
}

struct Authenticator::State {
  State(AuthenticatorOptions given, storage::WriteLanes& write_lanes, storage::ReadPool& read_pool,
        outbound::HttpClient& client)
      : options(std::move(given)),
        lanes(write_lanes),
        reads(read_pool),
        tenants(read_pool, options.cache_entries),
        users(options.cache_entries),
        tokens(options.cache_entries),
        key_sets(client, options.allow_private_jwks ? outbound::Reach::anywhere : outbound::Reach::public_only) {}

  Task<Result<Identity>> resolve_key(std::string api_key, std::string user_id, Executor& executor);
  Task<Result<Identity>> resolve_token(std::string token, Executor& executor);
  Task<Result<Identity>> resolve_jwt(std::string token, Executor& executor);
  Task<Result<SignedJwt>> verify_own(Jwt jwt, Executor& executor);
  Task<Result<TenantHandle>> issuer_of(Jwt const& jwt, Executor& executor);
  Task<Result<std::vector<JwtKey>>> keys_of(model::IssuerSettings const& settings, std::string key_id,
                                            Executor& executor);
  template <class Ensure>
  Task<Result<core::Caller>> user(TenantId tenant, std::string external_id, Executor& executor, Ensure ensure);
  Task<Result<core::Caller>> bearer(TenantId tenant, TokenId token, Executor& executor);
  Task<Result<Identity>> identity_of_token(core::TokenOwner owner, Executor& executor);

  AuthenticatorOptions options;
  storage::WriteLanes& lanes;
  storage::ReadPool& reads;
  TenantDirectory tenants;
  ExpiringCache<core::Caller> users;
  ExpiringCache<Identity> tokens;  ///< opaque ones and JWTs, by SHA-256
  KeySets key_sets;
};

Authenticator::Authenticator(AuthenticatorOptions options, storage::WriteLanes& lanes, storage::ReadPool& reads,
                             realtime::Broker& broker, outbound::HttpClient& client)
    : state_(std::make_shared<State>(std::move(options), lanes, reads, client)) {
  broker.on_event([state = std::weak_ptr(state_)](model::LiveEvent const& live) {
    auto const& event = live.event;
    if (event.kind != model::EventKind::tenant_changed && event.kind != model::EventKind::user_changed) return;
    auto const kept = state.lock();
    if (!kept) return;
    if (event.kind == model::EventKind::tenant_changed) {
      kept->tenants.forget(event.tenant);
      kept->users.forget(event.tenant);
      kept->tokens.forget(event.tenant);
    } else {
      kept->users.forget(event.subject);
      kept->tokens.forget(event.subject);
    }
  });
  // What has changed on other nodes is not known then.
  broker.on_loss([state = std::weak_ptr(state_)] {
    auto const kept = state.lock();
    if (!kept) return;
    kept->tenants.forget_all();
    kept->users.forget_all();
    kept->tokens.forget_all();
  });
}

Authenticator::~Authenticator() = default;

Task<Result<Identity>> Authenticator::resolve(Presented presented, Executor& executor) {
  if (!presented.api_key.empty())
    co_return co_await state_->resolve_key(std::move(presented.api_key), std::move(presented.user_id), executor);
  if (presented.malformed)
    co_return unauthenticated(kCredentialMalformed, "the Authorization header must be: Bearer <token>");
  if (presented.bearer.empty()) co_return unauthenticated(kCredentialMissing, "a credential is missing");
  if (presented.bearer.starts_with("pt_"))
    co_return co_await state_->resolve_token(std::move(presented.bearer), executor);
  if (looks_like_jwt(presented.bearer)) co_return co_await state_->resolve_jwt(std::move(presented.bearer), executor);
  co_return co_await state_->resolve_key(std::move(presented.bearer), std::move(presented.user_id), executor);
}

Task<Result<Identity>> Authenticator::resolve_user(Presented presented, Executor& executor) {
  auto identity = CO_TRY(co_await resolve(std::move(presented), executor));
  if (!identity.caller.user) co_return unauthenticated(kUserMissing, "the X-User-Id header is missing");
  co_return identity;
}

Task<Result<Identity>> Authenticator::State::resolve_key(std::string api_key, std::string user_id, Executor& executor) {
  Identity identity;
  identity.tenant = CO_TRY(co_await tenants.by_key(std::move(api_key), executor));
  if (!identity.tenant) co_return unauthenticated(kCredentialInvalid, "the API key is not valid");
  auto const tenant = identity.tenant->tenant.id;
  identity.caller.tenant = tenant;
  if (!user_id.empty()) {
    CO_TRY(core::check_external_id(user_id, "X-User-Id"));
    identity.caller = CO_TRY(co_await user(
        tenant, user_id, executor, [&](storage::Transaction& tx) { return core::ensure_user(tx, tenant, user_id); }));
  }
  identity.caller.is_backend = true;
  co_return identity;
}

template <class Ensure>
Task<Result<core::Caller>> Authenticator::State::user(TenantId tenant, std::string external_id, Executor& executor,
                                                      Ensure ensure) {
  auto key = std::to_string(tenant.value) + "/" + external_id;
  if (auto cached = users.find(key, monotonic_now())) co_return *std::move(cached);
  auto const ticket = users.ticket();
  auto found = CO_TRY(co_await read(
      reads, executor, [&](storage::Transaction& tx) { return core::find_user(tx, tenant, external_id); }));
  if (!found) found = CO_TRY(co_await write(lanes, executor, tenant.value, std::move(ensure)));
  auto caller = caller_from(*found);
  users.put(ticket, std::move(key), tenant, caller.user, caller, monotonic_now());
  co_return caller;
}

Task<Result<core::Caller>> Authenticator::State::bearer(TenantId tenant, TokenId token, Executor& executor) {
  auto key = "token/" + std::to_string(token.value);
  if (auto cached = users.find(key, monotonic_now())) co_return *std::move(cached);
  auto const ticket = users.ticket();
  auto const found = CO_TRY(
      co_await read(reads, executor, [&](storage::Transaction& tx) { return core::find_bearer(tx, tenant, token); }));
  if (!found) co_return unauthenticated(kCredentialInvalid, "the token is not valid");
  users.put(ticket, std::move(key), tenant, found->user, *found, monotonic_now());
  co_return *found;
}

Task<Result<Identity>> Authenticator::State::resolve_token(std::string token, Executor& executor) {
  auto key = "pt:" + sha256(token);
  if (auto cached = tokens.find(key, monotonic_now());
      cached && !(cached->expires_at != 0 && cached->expires_at <= now()))
    co_return *std::move(cached);
  auto const ticket = tokens.ticket();
  auto owner =
      CO_TRY(co_await read(reads, executor, [&](storage::Transaction& tx) { return core::find_token(tx, token); }));
  // A single-use token counts only where it can be spent.
  if (!owner || owner->single_use) co_return unauthenticated(kCredentialInvalid, "the token is not valid");
  auto identity = CO_TRY(co_await identity_of_token(*std::move(owner), executor));
  tokens.put(ticket, std::move(key), identity.caller.tenant, identity.caller.user, identity, monotonic_now());
  co_return identity;
}

Task<Result<Identity>> Authenticator::State::identity_of_token(core::TokenOwner owner, Executor& executor) {
  Identity identity;
  identity.kind = CredentialKind::user_token;
  identity.tenant = CO_TRY(co_await tenants.by_id(owner.caller.tenant, executor));
  if (!identity.tenant) co_return unauthenticated(kCredentialInvalid, "the token is not valid");
  identity.caller = std::move(owner.caller);
  identity.scopes = std::move(owner.scopes);
  identity.expires_at = owner.grant.expires_at;
  identity.token = owner.grant.token;
  co_return identity;
}

Task<Result<Identity>> Authenticator::State::resolve_jwt(std::string token, Executor& executor) {
  auto key = "jwt:" + sha256(token);
  auto const cached = tokens.find(key, monotonic_now());
  if (cached && !(cached->expires_at != 0 && cached->expires_at + kJwtLeeway <= now())) co_return *cached;
  auto const ticket = tokens.ticket();
  auto const jwt = CO_TRY(parse_jwt(token));
  Identity identity;
  identity.kind = CredentialKind::jwt;
  identity.tenant = CO_TRY(co_await issuer_of(jwt, executor));
  auto const& settings = identity.tenant->tenant.settings.issuer;
  CO_TRY(check_claims(jwt.claims, settings.issuer, settings.audience, now()));
  if (!core::check_external_id(jwt.claims.subject, "sub"))
    co_return invalid_credential("the token's subject is too long");
  auto const tenant = identity.tenant->tenant.id;
  identity.caller = CO_TRY(co_await user(tenant, jwt.claims.subject, executor, [&](storage::Transaction& tx) {
    return ensure_claimed_user(tx, tenant, jwt.claims);
  }));
  identity.scopes = jwt.claims.scope;
  identity.expires_at = jwt.claims.expires_at;
  tokens.put(ticket, std::move(key), tenant, identity.caller.user, identity, monotonic_now());
  co_return identity;
}

/// The tenant whose key has signed it. Where two tenants name the same issuer, the signature decides.
Task<Result<TenantHandle>> Authenticator::State::issuer_of(Jwt const& jwt, Executor& executor) {
  auto const issuers = CO_TRY(co_await tenants.with_issuer(executor));
  std::optional<Error> unavailable;
  for (auto const& handle : candidates(*issuers, jwt)) {
    auto const keys = co_await keys_of(handle->tenant.settings.issuer, jwt.key_id, executor);
    if (!keys && keys.error().code == Errc::unavailable) unavailable = keys.error();
    if (!keys) continue;
    bool const is_signed = std::ranges::any_of(
        *keys, [&](JwtKey const& key) { return key.verify(jwt.algorithm, jwt.signed_text, jwt.signature); });
    if (is_signed) co_return handle;
  }
  if (unavailable) co_return std::unexpected(*std::move(unavailable));
  co_return invalid_credential("the token's signature is not valid");
}

Task<Result<std::vector<JwtKey>>> Authenticator::State::keys_of(model::IssuerSettings const& settings,
                                                                std::string key_id, Executor& executor) {
  if (!settings.jwks_url.empty()) co_return co_await key_sets.find(settings.jwks_url, std::move(key_id), executor);
  auto const algorithm = parse_jwt_algorithm(settings.algorithm);
  bool const is_shared = algorithm && is_symmetric(*algorithm);
  co_return std::vector{
      CO_TRY(is_shared ? JwtKey::from_secret(settings.secret) : JwtKey::from_pem(settings.public_key))};
}

Task<Result<Identity>> Authenticator::identify(std::shared_ptr<TenantState const> tenant, std::string external_id,
                                               Executor& executor) {
  Identity identity;
  identity.tenant = std::move(tenant);
  identity.kind = CredentialKind::jwt;
  auto const id = identity.tenant->tenant.id;
  identity.caller = CO_TRY(co_await state_->user(
      id, external_id, executor, [&](storage::Transaction& tx) { return core::ensure_user(tx, id, external_id); }));
  co_return identity;
}

Task<Result<SignedJwt>> Authenticator::State::verify_own(Jwt jwt, Executor& executor) {
  auto const tenant = jwt.claims.audiences.size() == 1 ? parse_tenant(jwt.claims.audiences.front()) : std::nullopt;
  if (!tenant || jwt.algorithm != JwtAlgorithm::hs256)
    co_return invalid_credential("the token's signature is not valid");
  auto handle = CO_TRY(co_await tenants.by_id(*tenant, executor));
  if (!handle) co_return invalid_credential("the token's signature is not valid");
  auto const key = CO_TRY(JwtKey::from_secret(handle->tenant.realtime_secret));
  if (!key.verify(jwt.algorithm, jwt.signed_text, jwt.signature))
    co_return invalid_credential("the token's signature is not valid");
  co_return SignedJwt{std::move(handle), std::move(jwt)};
}

Task<Result<SignedJwt>> Authenticator::verify_signature(std::string token, Executor& executor) {
  auto jwt = CO_TRY(parse_jwt(token));
  if (jwt.claims.issuer == kOwnIssuer) co_return co_await state_->verify_own(std::move(jwt), executor);
  auto handle = CO_TRY(co_await state_->issuer_of(jwt, executor));
  auto const& settings = handle->tenant.settings.issuer;
  // Only issuer and audience are of interest here: times and subject are the caller's.
  auto timeless = jwt.claims;
  timeless.expires_at = timeless.not_before = 0;
  if (timeless.subject.empty()) timeless.subject = "-";
  CO_TRY(check_claims(timeless, settings.issuer, settings.audience, now()));
  co_return SignedJwt{std::move(handle), std::move(jwt)};
}

Task<Result<Identity>> Authenticator::spend(std::string token, Executor& executor) {
  auto owner = CO_TRY(co_await write(state_->lanes, executor, 0,
                                     [&](storage::Transaction& tx) { return core::spend_token(tx, token); }));
  if (!owner) co_return unauthenticated(kCredentialInvalid, "the token is not valid");
  co_return co_await state_->identity_of_token(*std::move(owner), executor);
}

Task<Result<Standing>> Authenticator::standing(std::shared_ptr<Identity const> identity, Executor& executor) {
  auto const& known = identity->caller;
  Standing standing;
  standing.tenant = CO_TRY(co_await state_->tenants.by_id(known.tenant, executor));
  if (!standing.tenant) co_return unauthenticated(kCredentialInvalid, "the tenant is gone");
  // After its time a token may have been cleared away, and the connection go on by somebody's word.
  bool const is_of_token = identity->token && (identity->expires_at == 0 || identity->expires_at > now());
  auto const gone = [](storage::Transaction&) -> Result<model::User> {
    return unauthenticated(kCredentialInvalid, "the user is gone");
  };
  auto const caller = CO_TRY(is_of_token ? co_await state_->bearer(known.tenant, identity->token, executor)
                                         : co_await state_->user(known.tenant, known.external_id, executor, gone));
  standing.role = caller.role;
  co_return standing;
}

Task<Result<TenantHandle>> Authenticator::tenant(TenantId id, Executor& executor) {
  auto handle = CO_TRY(co_await state_->tenants.by_id(id, executor));
  if (!handle) co_return fail(Errc::not_found, "no such tenant");
  co_return handle;
}

Task<Result<TenantHandle>> Authenticator::tenant_of_host(std::string hostname, Executor& executor) {
  auto handle = CO_TRY(co_await state_->tenants.by_hostname(std::move(hostname), executor));
  if (!handle) co_return fail(Errc::not_found, "no such tenant");
  co_return handle;
}

bool Authenticator::has_master_key() const { return !state_->options.master_key.empty(); }

bool Authenticator::is_master_key(std::string_view key) const {
  // Digests have one length, so that not even the key's own is told by the time this takes.
  return has_master_key() && equal_in_constant_time(sha256(key), sha256(state_->options.master_key));
}

void Authenticator::forget(TenantId tenant) {
  state_->tenants.forget(tenant);
  state_->users.forget(tenant);
  state_->tokens.forget(tenant);
}

}  // namespace parlance::api
