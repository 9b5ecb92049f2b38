#include "api/realtime_tokens.h"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "api/jwt.h"
#include "api/spelling.h"
#include "base/crypto.h"
#include "base/json.h"
#include "core/users.h"

namespace parlance::api {
namespace {

/// Of our own tokens: the user token that it was had for.
constexpr std::string_view kSourceClaim = "source";

RealtimeToken sign(Identity const& identity, std::string_view channel, Timestamp lifetime) {
  auto const& tenant = identity.tenant->tenant;
  auto const time = now();
  auto end = time + lifetime;
  if (identity.expires_at != 0) end = std::min(end, identity.expires_at);
  auto const ends = end / kSecond;
  JsonWriter claims;
  claims.begin_object().field("iss", kOwnIssuer).field("aud", spell_tenant(tenant.id));
  claims.field("sub", identity.caller.external_id);
  if (!channel.empty()) claims.field("channel", channel);
  if (identity.token) claims.field(kSourceClaim, spell_decimal(identity.token.value));
  claims.field("iat", time / kSecond).field("exp", ends).end_object();
  auto text = to_base64url(R"({"alg":"HS256","typ":"JWT"})") + "." + to_base64url(claims.text());
  auto const signature = hmac_sha256(tenant.realtime_secret, text);
  return {text + "." + to_base64url(signature), ends * kSecond};
}

boost::json::object const* object_in(boost::json::object const& object, std::string_view name) {
  auto const* value = object.if_contains(name);
  return value != nullptr && value->is_object() ? &value->get_object() : nullptr;
}

std::string text_in(boost::json::object const& object, std::string_view name) {
  auto const* value = object.if_contains(name);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
}

std::optional<bool> override_in(boost::json::object const& overrides, std::string_view name) {
  auto const* setting = object_in(overrides, name);
  auto const* value = setting == nullptr ? nullptr : setting->if_contains("value");
  return value != nullptr && value->is_bool() ? std::optional(value->get_bool()) : std::nullopt;
}

ChannelOverrides overrides_in(boost::json::object const& object) {
  auto const* overrides = object_in(object, "override");
  if (overrides == nullptr) return {};
  return {.presence = override_in(*overrides, "presence"),
          .join_leave = override_in(*overrides, "join_leave"),
          .force_push_join_leave = override_in(*overrides, "force_push_join_leave"),
          .force_recovery = override_in(*overrides, "force_recovery"),
          .force_positioning = override_in(*overrides, "force_positioning")};
}

/// "expire_at" in seconds, 0 for never, in place of "exp".
Result<Timestamp> end_in(boost::json::object const& object, Timestamp expires_at) {
  auto const* value = object.if_contains("expire_at");
  if (value == nullptr || value->is_null()) return expires_at;
  if (!value->is_int64() || value->get_int64() < 0 || value->get_int64() > 1'000'000'000'000)
    return invalid_credential("the token has a time that makes no sense");
  return value->get_int64() * kSecond;
}

void read_channels(boost::json::object const& object, RealtimeClaims& claims) {
  if (auto const* listed = object.if_contains("channels"); listed != nullptr && listed->is_array()) {
    for (auto const& item : listed->get_array())
      if (item.is_string()) claims.channels.emplace_back(item.get_string(), ChannelOverrides{});
  }
  if (auto const* named = object_in(object, "subs")) {
    for (auto const& [channel, options] : *named)
      claims.channels.emplace_back(channel,
                                   options.is_object() ? overrides_in(options.get_object()) : ChannelOverrides{});
  }
}

/// The token that ours says it was had for; an issuer of the tenant's own knows nothing of ours.
Result<TokenId> source_in(boost::json::object const& object, bool is_own) {
  if (!is_own || !object.contains(kSourceClaim)) return TokenId{};
  auto const id = parse_decimal(text_in(object, kSourceClaim));
  if (!id) return invalid_credential("the token names no token of ours");
  return TokenId{*id};
}

Result<void> check_times(JwtClaims const& claims, Timestamp time) {
  if (claims.expires_at != 0 && claims.expires_at <= time)
    return fail(Errc::unauthenticated, "the token has expired", std::string(kCredentialExpired));
  if (claims.not_before > time) return invalid_credential("the token is not valid yet");
  return {};
}

Result<RealtimeClaims> claims_of(SignedJwt const& found) {
  auto const& standard = found.jwt.claims;
  TRY(check_times(standard, now()));
  if (!standard.subject.empty() && !core::check_external_id(standard.subject, "sub"))
    return invalid_credential("the token's subject is too long");
  auto const parsed = TRY(parse_json(found.jwt.payload));
  auto const& object = parsed.get_object();
  RealtimeClaims claims;
  claims.tenant = found.tenant;
  claims.is_own = standard.issuer == kOwnIssuer;
  claims.user = standard.subject;
  claims.channel = text_in(object, "channel");
  claims.grant = {TRY(source_in(object, claims.is_own)), TRY(end_in(object, standard.expires_at))};
  claims.scopes = standard.scope;
  if (auto const* info = object.if_contains("info"); info != nullptr && !info->is_null())
    claims.info = boost::json::serialize(*info);
  claims.overrides = overrides_in(object);
  read_channels(object, claims);
  return claims;
}

}  // namespace

RealtimeToken issue_connection_token(Identity const& identity) { return sign(identity, "", kConnectionTokenLifetime); }

RealtimeToken issue_subscription_token(Identity const& identity, std::string_view channel) {
  return sign(identity, channel, kSubscriptionTokenLifetime);
}

std::string chat_channel(ConversationId id) { return "chat:" + spell_decimal(id.value); }
std::string user_channel(std::string_view external_id) { return "user:" + std::string(external_id); }
std::string status_channel(std::string_view external_id) { return "status:" + std::string(external_id); }

Task<Result<RealtimeClaims>> verify_realtime_token(Authenticator& authenticator, std::string token,
                                                   Executor& executor) {
  auto const found = CO_TRY(co_await authenticator.verify_signature(std::move(token), executor));
  co_return claims_of(found);
}

}  // namespace parlance::api
