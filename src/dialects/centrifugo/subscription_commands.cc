#include <utility>

#include "api/scopes.h"
#include "dialects/centrifugo/handlers.h"
#include "dialects/centrifugo/subscribing.h"

/// subscribe, unsubscribe, refresh, sub_refresh.
namespace parlance::centrifugo {
namespace {

Result<std::string> required_channel(Command const& command) {
  auto channel = TRY(command.text("channel"));
  if (channel.empty()) return invalid("channel", "channel is missing");
  return channel;
}

Result<SubscriptionWish> wish_of(Command const& command) {
  SubscriptionWish wish;
  wish.channel = TRY(required_channel(command));
  wish.wants_join_leave = TRY(command.flag("join_leave"));
  TRY(command.flag("positioned"));
  TRY(command.flag("recoverable"));
  auto const delta = TRY(command.text("delta"));
  if (!delta.empty() && delta != "fossil") return invalid("delta", "this kind of delta is not known");
  if (TRY(command.flag("recover"))) wish.since = {TRY(command.number("offset")), TRY(command.text("epoch"))};
  return wish;
}

std::string lifetime_result(Client const& client, Timestamp ends_at, bool is_connection) {
  JsonWriter out;
  out.begin_object();
  if (is_connection) out.field("client", client.id()).field("version", "parlance");
  write_lifetime(out, ends_at);
  out.end_object();
  return out.take();
}

}  // namespace

Task<Outcome<std::string>> handle_subscribe(Client& client, Command const& command) {
  auto wish = wish_of(command);
  auto token = command.text("token");
  if (!wish || !token) co_return drop(disconnects::bad_request());
  if (!token->empty() && client.find_channel(wish->channel) == nullptr) {
    auto granted = co_await apply_token(client, *std::move(wish), *std::move(token));
    if (!granted) co_return std::unexpected(granted.error());
    wish = *std::move(granted);
  }
  auto const result = co_await open_channel(client, *std::move(wish));
  if (!result) co_return std::unexpected(result.error());
  co_return subscribe_result(*result);
}

Task<Outcome<std::string>> handle_unsubscribe(Client& client, Command const& command) {
  auto const channel = required_channel(command);
  if (!channel) co_return drop(disconnects::bad_request());
  client.remove_channel(*channel);
  co_return "{}";
}

Task<Outcome<std::string>> handle_refresh(Client& client, Command const& command) {
  auto token = command.text("token");
  // Only who has come with a token can come with another one.
  if (!token || token->empty() || !client.has_token()) co_return drop(disconnects::bad_request());
  auto const claims = co_await api::verify_realtime_token(client.gateway().services.authenticator, *std::move(token),
                                                          client.executor());
  if (!claims && claims.error().code == Errc::unavailable) co_return refuse(faults::internal());
  if (!claims && claims.error().field == api::kCredentialExpired) co_return drop(disconnects::expired());
  bool const is_same_user = claims && claims->tenant->tenant.id == client.caller().tenant &&
                            claims->user == client.caller().external_id && claims->channel.empty();
  if (!is_same_user || !api::may_write(claims->scopes)) co_return drop(disconnects::invalid_token());
  client.renew(claims->grant);
  co_return lifetime_result(client, claims->grant.expires_at, true);
}

Task<Outcome<std::string>> handle_sub_refresh(Client& client, Command const& command) {
  auto const channel = required_channel(command);
  auto token = command.text("token");
  if (!channel || !token) co_return drop(disconnects::bad_request());
  auto const* const before = client.find_channel(*channel);
  if (before == nullptr) co_return refuse(faults::permission_denied());
  if (!before->terms().has_token) co_return drop(disconnects::bad_request());
  if (token->empty()) co_return refuse(faults::bad_request());
  auto wish = co_await apply_token(client, {.channel = *channel}, *std::move(token));
  if (!wish) {
    auto const* fault = std::get_if<Fault>(&wish.error());
    bool const is_expired = fault != nullptr && fault->code == faults::token_expired().code;
    co_return is_expired ? refuse(faults::expired()) : std::unexpected(wish.error());
  }
  auto* const found = client.find_channel(*channel);
  if (found == nullptr) co_return refuse(faults::permission_denied());
  found->set_end(wish->ends_at);
  client.watch_channel_end(*channel);
  co_return lifetime_result(client, wish->ends_at, false);
}

}  // namespace parlance::centrifugo
