#include <map>
#include <utility>
#include <vector>

#include "api/realtime_tokens.h"
#include "api/scopes.h"
#include "base/text.h"
#include "dialects/centrifugo/handlers.h"
#include "dialects/centrifugo/subscribing.h"

/// connect: who the client is, and the channels that it is put into.
namespace parlance::centrifugo {
namespace {

constexpr std::string_view kVersion = "parlance";

/// What the client has shown to be, and for how long.
struct Admission {
  api::Identity identity;
  std::string info;
  bool has_token = false;
  std::vector<std::pair<std::string, api::ChannelOverrides>> channels;
};

Refusal refusal_of_credential(Error const& error) {
  if (error.code == Errc::unavailable || error.code == Errc::internal) return faults::internal();
  if (error.field == api::kCredentialExpired) return faults::token_expired();
  if (error.field == api::kCredentialMissing || error.field == api::kUserMissing) return disconnects::bad_request();
  return disconnects::invalid_token();
}

Task<Outcome<Admission>> admit_by_jwt(Client& client, std::string token) {
  auto& authenticator = client.gateway().services.authenticator;
  auto claims = co_await api::verify_realtime_token(authenticator, std::move(token), client.executor());
  if (!claims) co_return std::unexpected(refusal_of_credential(claims.error()));
  // A subscription token opens a channel, not a connection.
  if (!claims->channel.empty() || claims->user.empty()) co_return drop(disconnects::invalid_token());
  // A connection can call every operation.
  if (!api::may_write(claims->scopes)) co_return drop(disconnects::invalid_token());
  auto identity = co_await authenticator.identify(claims->tenant, claims->user, client.executor());
  if (!identity) co_return std::unexpected(refusal_of_credential(identity.error()));
  identity->scopes = std::move(claims->scopes);
  identity->expires_at = claims->grant.expires_at;
  identity->token = claims->grant.token;
  co_return Admission{*std::move(identity), std::move(claims->info), true, std::move(claims->channels)};
}

/// Headers that a client could not set itself (browsers) come inside of the connect command.
void add_emulated_headers(api::Presented& presented, boost::json::object const& headers) {
  for (auto const& [name, value] : headers) {
    if (!value.is_string()) continue;
    std::string_view const text = value.get_string();
    constexpr std::string_view kScheme = "Bearer ";
    if (equals_ignoring_case(name, "X-API-Key")) presented.api_key = text;
    if (equals_ignoring_case(name, "X-User-Id")) presented.user_id = text;
    if (equals_ignoring_case(name, "Authorization") && text.starts_with(kScheme))
      presented.bearer = text.substr(kScheme.size());
  }
}

Task<Outcome<Admission>> admit_by_credential(Client& client, api::Presented presented) {
  auto& authenticator = client.gateway().services.authenticator;
  auto identity = co_await authenticator.resolve_user(std::move(presented), client.executor());
  if (!identity) co_return std::unexpected(refusal_of_credential(identity.error()));
  if (!api::may_write(identity->scopes)) co_return drop(disconnects::invalid_token());
  co_return Admission{.identity = *std::move(identity)};
}

Task<Outcome<Admission>> find_admission(Client& client, Command const& command) {
  auto token = command.text("token");
  auto const headers = object_member(command.body, "headers");
  if (!token || !headers) co_return drop(disconnects::bad_request());
  if (api::looks_like_jwt(*token)) co_return co_await admit_by_jwt(client, *std::move(token));
  auto presented = client.presented();
  if (!token->empty()) {
    presented = {};
    presented.bearer = *std::move(token);
  } else if (*headers != nullptr) {
    add_emulated_headers(presented, **headers);
  }
  co_return co_await admit_by_credential(client, std::move(presented));
}

Result<std::map<std::string, ClientPosition>> positions_in(Command const& command) {
  std::map<std::string, ClientPosition> positions;
  auto const* listed = TRY(object_member(command.body, "subs"));
  if (listed == nullptr) return positions;
  for (auto const& [channel, value] : *listed) {
    if (!value.is_object()) return invalid("subs", "subs must hold objects");
    if (!TRY(flag_member(value.get_object(), "recover"))) continue;
    positions[channel] = {TRY(number_member(value.get_object(), "offset")),
                          TRY(text_member(value.get_object(), "epoch"))};
  }
  return positions;
}

/// Puts the client into its user's own channel and those that its token names.
Task<Outcome<std::string>> open_server_side(Client& client, Admission const& admission,
                                            std::map<std::string, ClientPosition> const& positions) {
  std::vector<SubscriptionWish> wishes(1);
  wishes.front().channel = api::user_channel(client.caller().external_id);
  for (auto const& [channel, overrides] : admission.channels)
    wishes.push_back({.channel = channel, .is_granted = true, .overrides = overrides});
  JsonWriter subs;
  subs.begin_object();
  for (auto& wish : wishes) {
    wish.is_server_side = true;
    if (auto const found = positions.find(wish.channel); found != positions.end()) wish.since = found->second;
    auto const channel = wish.channel;
    auto const result = co_await open_channel(client, std::move(wish));
    if (!client.is_open()) co_return drop(disconnects::connection_closed());
    if (!result) co_return std::unexpected(result.error());
    subs.field_raw(channel, subscribe_result(*result));
  }
  subs.end_object();
  co_return subs.take();
}

std::string connect_result(Client const& client, std::string_view subs) {
  auto const& options = client.gateway().options;
  JsonWriter out;
  out.begin_object().field("client", client.id()).field("version", kVersion);
  write_lifetime(out, client.ends_at());
  out.field_raw("subs", subs);
  auto const ping = (options.ping_interval.count() + 999) / 1000;
  if (ping > 0) out.field("ping", static_cast<std::int64_t>(ping));
  if (ping > 0 && !client.is_unidirectional()) out.field("pong", true);
  out.field("session", client.session()).field("node", client.gateway().node).end_object();
  return out.take();
}

}  // namespace

Task<Outcome<std::string>> handle_connect(Client& client, Command const& command) {
  auto const positions = positions_in(command);
  if (!positions) co_return drop(disconnects::bad_request());
  auto admission = co_await find_admission(client, command);
  if (!client.is_open()) co_return drop(disconnects::connection_closed());
  if (!admission) co_return std::unexpected(admission.error());
  auto const& caller = admission->identity.caller;
  auto const& gateway = client.gateway();
  if (gateway.directory.clients_of(caller.tenant, caller.external_id).size() >=
      gateway.options.max_connections_per_user)
    co_return drop(disconnects::connection_limit());
  client.admit(admission->identity, admission->info, admission->has_token);
  if (!client.is_open()) co_return drop(disconnects::connection_closed());
  auto const subs = co_await open_server_side(client, *admission, *positions);
  if (!subs) co_return std::unexpected(subs.error());
  co_return connect_result(client, *subs);
}

}  // namespace parlance::centrifugo
