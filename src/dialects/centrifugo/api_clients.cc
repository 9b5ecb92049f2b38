#include <algorithm>
#include <boost/json/array.hpp>
#include <vector>

#include "base/raw_json.h"
#include "dialects/centrifugo/client.h"
#include "dialects/centrifugo/commands.h"
#include "dialects/centrifugo/server_api.h"
#include "dialects/centrifugo/subscribing.h"

/// subscribe, unsubscribe, disconnect, refresh: what is done to a user's connections.
namespace parlance::centrifugo {
namespace {

constexpr std::string_view kNothing = "{}";

/// The connections that a call is about: those of `user`, narrowed by `client` or `session`.
std::expected<std::vector<ClientHandle>, Fault> targets_of(Gateway& gateway, ApiCall const& call) {
  auto const user = required_text(call.body, "user");
  auto const client = text_member(call.body, "client");
  auto const session = text_member(call.body, "session");
  if (!user || !client || !session) return std::unexpected(faults::bad_request());
  auto found = gateway.directory.clients_of(call.tenant(), *user);
  std::erase_if(found, [&](ClientHandle const& handle) {
    return (!client->empty() && handle.id != *client) || (!session->empty() && handle.session != *session);
  });
  return found;
}

Task<void> subscribe_one(std::shared_ptr<Client> client, SubscriptionWish wish) {
  auto const channel = wish.channel;
  bool const is_full = client->channel_count() >= client->gateway().options.max_channels;
  if (is_full && client->find_channel(channel) == nullptr) {
    client->close(disconnects::channel_limit());
    co_return;
  }
  auto const result = co_await open_channel(*client, std::move(wish));
  // Who is in it already stays as it is; what could not be opened is left to the next call.
  if (result && client->is_open()) client->send_push(channel_push(channel, "subscribe", subscribe_result(*result)));
}

std::expected<SubscriptionWish, Fault> wish_of(ApiCall const& call) {
  auto const channel = required_text(call.body, "channel");
  auto const ends_at = number_member(call.body, "expire_at");
  auto const since = object_member(call.body, "recover_since");
  if (!channel || !ends_at || !since) return std::unexpected(faults::bad_request());
  SubscriptionWish wish{.channel = *channel, .is_server_side = true, .is_granted = true};
  constexpr std::uint64_t kLatest = 1'000'000'000'000;
  wish.ends_at = static_cast<Timestamp>(std::min(*ends_at, kLatest)) * kSecond;
  if (*since != nullptr) {
    auto const offset = number_member(**since, "offset");
    auto const epoch = text_member(**since, "epoch");
    if (!offset || !epoch) return std::unexpected(faults::bad_request());
    wish.since = {*offset, *epoch};
  }
  return wish;
}

std::expected<Disconnect, Fault> disconnect_of(ApiCall const& call) {
  auto const given = object_member(call.body, "disconnect");
  if (!given) return std::unexpected(faults::bad_request());
  if (*given == nullptr) return disconnects::force_no_reconnect();
  auto const code = number_member(**given, "code");
  auto const reason = text_member(**given, "reason");
  if (!code || !reason || *code < 3000 || *code > 4999) return std::unexpected(faults::bad_request());
  return Disconnect{static_cast<std::uint16_t>(*code), *reason};
}

}  // namespace

Task<ApiOutcome> api_subscribe(Gateway& gateway, ApiCall const& call) {
  auto const wish = wish_of(call);
  auto const targets = targets_of(gateway, call);
  if (!wish || !targets) co_return std::unexpected(faults::bad_request());
  if (parse_channel(wish->channel, call.identity.tenant->tenant).kind == ChannelKind::unknown)
    co_return std::unexpected(faults::unknown_channel());
  for (auto const& handle : *targets)
    handle.post([wish = *wish](Client& client) { spawn(subscribe_one(client.shared_from_this(), wish)); });
  co_return std::string(kNothing);
}

Task<ApiOutcome> api_unsubscribe(Gateway& gateway, ApiCall const& call) {
  auto const channel = required_text(call.body, "channel");
  auto const targets = targets_of(gateway, call);
  if (!channel || !targets) co_return std::unexpected(faults::bad_request());
  if (parse_channel(*channel, call.identity.tenant->tenant).kind == ChannelKind::unknown)
    co_return std::unexpected(faults::unknown_channel());
  for (auto const& handle : *targets)
    handle.post([name = *channel](Client& client) { client.leave_channel(name, unsubscriptions::kServer); });
  co_return std::string(kNothing);
}

Task<ApiOutcome> api_disconnect(Gateway& gateway, ApiCall const& call) {
  auto const targets = targets_of(gateway, call);
  auto const why = disconnect_of(call);
  auto const* spared = call.body.if_contains("whitelist");
  bool const is_list = spared == nullptr || spared->is_null() || spared->is_array();
  if (!targets || !why || !is_list) co_return std::unexpected(faults::bad_request());
  for (auto const& handle : *targets) {
    bool const is_spared = spared != nullptr && spared->is_array() &&
                           std::ranges::any_of(spared->get_array(), [&](boost::json::value const& item) {
                             return item.is_string() && std::string_view(item.get_string()) == handle.id;
                           });
    if (!is_spared) handle.post([why = *why](Client& client) { client.close(why); });
  }
  co_return std::string(kNothing);
}

Task<ApiOutcome> api_refresh(Gateway& gateway, ApiCall const& call) {
  auto const targets = targets_of(gateway, call);
  auto const is_expired = flag_member(call.body, "expired");
  auto const ends_at = number_member(call.body, "expire_at");
  if (!targets || !is_expired || !ends_at) co_return std::unexpected(faults::bad_request());
  auto const time = static_cast<Timestamp>(*ends_at % 1'000'000'000'000) * kSecond;
  for (auto const& handle : *targets) {
    handle.post([expired = *is_expired, time](Client& client) {
      if (expired) return client.close(disconnects::expired());
      client.extend(time);
      client.send_push(refresh_push(time));
    });
  }
  co_return std::string(kNothing);
}

}  // namespace parlance::centrifugo
