#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/credentials.h"
#include "api/identity.h"
#include "base/clock.h"
#include "base/executor.h"
#include "base/ids.h"
#include "base/result.h"
#include "base/task.h"
#include "core/credentials.h"
#include "model/tenant.h"

/// JSON web tokens that open a realtime connection or one of its channels. Ours are HS256 over the tenant's realtime
/// secret and name the tenant as their audience; a tenant's own issuer may sign them too (IssuerSettings).
namespace parlance::api {

inline constexpr Timestamp kConnectionTokenLifetime = 10 * kMinute;
inline constexpr Timestamp kSubscriptionTokenLifetime = 5 * kMinute;

struct RealtimeToken {
  std::string token;
  Timestamp expires_at = 0;
};

/// For the identity's user to connect with. The bearer is that user until the token or the identity's own credential
/// ends, whichever comes first.
RealtimeToken issue_connection_token(Identity const& identity);

/// For the identity's user to subscribe to `channel`, on a connection of its own. Check first that it may.
RealtimeToken issue_subscription_token(Identity const& identity, std::string_view channel);

/// Names of the built-in channels.
std::string chat_channel(ConversationId id);               ///< "chat:42": one conversation
std::string user_channel(std::string_view external_id);    ///< "user:alice": what concerns one user
std::string status_channel(std::string_view external_id);  ///< "status:alice": whether one user is online

/// Error::field of the unauthenticated error for a token that was good once; kCredentialInvalid for every other.
inline constexpr std::string_view kCredentialExpired = "credential_expired";

/// A "override" of a subscription token: what the subscription is to do whatever the client asks for.
struct ChannelOverrides {
  std::optional<bool> presence;
  std::optional<bool> join_leave;
  std::optional<bool> force_push_join_leave;
  std::optional<bool> force_recovery;
  std::optional<bool> force_positioning;
};

/// What a token says whose signature, issuer, audience and times are good.
struct RealtimeClaims {
  std::shared_ptr<TenantState const> tenant;
  bool is_own = false;     ///< signed by this server, not by the tenant's own issuer
  std::string user;        ///< "sub"; may be empty
  std::string channel;     ///< of a subscription token; empty for a connection token
  core::TokenGrant grant;  ///< what it opened ends: by "expire_at" where it is there, else "exp"; and with whose token
  std::string scopes;      ///< "scope", as of a user token
  std::string info;        ///< JSON shown to others in presence; empty = none
  std::vector<std::pair<std::string, ChannelOverrides>> channels;  ///< to subscribe to at once: "channels", "subs"
  ChannelOverrides overrides;                                      ///< of a subscription token
};

/// Reads a connection or subscription token. unauthenticated (kCredentialExpired or kCredentialInvalid in the field),
/// or unavailable. Runs on `executor`, which is the calling thread's.
Task<Result<RealtimeClaims>> verify_realtime_token(Authenticator& authenticator, std::string token, Executor& executor);

}  // namespace parlance::api
