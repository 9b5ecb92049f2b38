#include <algorithm>
#include <array>
#include <boost/json/array.hpp>
#include <tuple>
#include <utility>
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

/// What is done to the connections of this node. Every node does the same for a call.
struct Order {
  Gateway& gateway;
  TenantId tenant;
  boost::json::object const& body;
};
using Carried = std::expected<void, Fault>;

/// The connections that a call is about: those of `user`, narrowed by `client` or `session`.
std::expected<std::vector<ClientHandle>, Fault> targets_of(Order const& order) {
  auto const user = required_text(order.body, "user");
  auto const client = text_member(order.body, "client");
  auto const session = text_member(order.body, "session");
  if (!user || !client || !session) return std::unexpected(faults::bad_request());
  auto found = order.gateway.directory.clients_of(order.tenant, *user);
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

std::expected<SubscriptionWish, Fault> wish_of(boost::json::object const& body) {
  auto const channel = required_text(body, "channel");
  auto const ends_at = number_member(body, "expire_at");
  auto const since = object_member(body, "recover_since");
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

std::expected<Disconnect, Fault> disconnect_of(boost::json::object const& body) {
  auto const given = object_member(body, "disconnect");
  if (!given) return std::unexpected(faults::bad_request());
  if (*given == nullptr) return disconnects::force_no_reconnect();
  auto const code = number_member(**given, "code");
  auto const reason = text_member(**given, "reason");
  if (!code || !reason || *code < 3000 || *code > 4999) return std::unexpected(faults::bad_request());
  return Disconnect{static_cast<std::uint16_t>(*code), *reason};
}

bool is_known_channel(ApiCall const& call) {
  auto const channel = required_text(call.body, "channel");
  // What is not a text is complained of later.
  return !channel || parse_channel(*channel, call.identity.tenant->tenant).kind != ChannelKind::unknown;
}

Carried subscribe(Order const& order) {
  auto const wish = wish_of(order.body);
  auto const targets = targets_of(order);
  if (!wish || !targets) return std::unexpected(faults::bad_request());
  for (auto const& handle : *targets)
    handle.post([wish = *wish](Client& client) { spawn(subscribe_one(client.shared_from_this(), wish)); });
  return {};
}

Carried unsubscribe(Order const& order) {
  auto const channel = required_text(order.body, "channel");
  auto const targets = targets_of(order);
  if (!channel || !targets) return std::unexpected(faults::bad_request());
  for (auto const& handle : *targets)
    handle.post([name = *channel](Client& client) { client.leave_channel(name, unsubscriptions::kServer); });
  return {};
}

Carried disconnect(Order const& order) {
  auto const targets = targets_of(order);
  auto const why = disconnect_of(order.body);
  auto const* spared = order.body.if_contains("whitelist");
  bool const is_list = spared == nullptr || spared->is_null() || spared->is_array();
  if (!targets || !why || !is_list) return std::unexpected(faults::bad_request());
  for (auto const& handle : *targets) {
    bool const is_spared = spared != nullptr && spared->is_array() &&
                           std::ranges::any_of(spared->get_array(), [&](boost::json::value const& item) {
                             return item.is_string() && std::string_view(item.get_string()) == handle.id;
                           });
    if (!is_spared) handle.post([why = *why](Client& client) { client.close(why); });
  }
  return {};
}

Carried refresh(Order const& order) {
  auto const targets = targets_of(order);
  auto const is_expired = flag_member(order.body, "expired");
  auto const ends_at = number_member(order.body, "expire_at");
  if (!targets || !is_expired || !ends_at) return std::unexpected(faults::bad_request());
  auto const time = static_cast<Timestamp>(*ends_at % 1'000'000'000'000) * kSecond;
  for (auto const& handle : *targets) {
    handle.post([expired = *is_expired, time](Client& client) {
      if (expired) return client.close(disconnects::expired());
      client.extend(time);
      client.send_push(refresh_push(time));
    });
  }
  return {};
}

using CarryOut = Carried (*)(Order const&);
constexpr std::array<std::pair<std::string_view, CarryOut>, 4> kOrders = {{
    {"subscribe", subscribe},
    {"unsubscribe", unsubscribe},
    {"disconnect", disconnect},
    {"refresh", refresh},
}};

/// Here first, where a bad body shows, then on the other nodes.
ApiOutcome everywhere(Gateway& gateway, ApiCall const& call, std::string_view method, CarryOut carry_out_here) {
  auto const done = carry_out_here({gateway, call.tenant(), call.body});
  if (!done) return std::unexpected(done.error());
  gateway.peers.order(call.tenant(), method, call.raw);
  return std::string(kNothing);
}

}  // namespace

void carry_out(Gateway& gateway, TenantId tenant, std::string_view method, boost::json::object const& body) {
  for (auto const& [name, carry_out_here] : kOrders)
    if (name == method) std::ignore = carry_out_here({gateway, tenant, body});
}

Task<ApiOutcome> api_subscribe(Gateway& gateway, ApiCall const& call) {
  if (!is_known_channel(call)) co_return std::unexpected(faults::unknown_channel());
  co_return everywhere(gateway, call, "subscribe", subscribe);
}

Task<ApiOutcome> api_unsubscribe(Gateway& gateway, ApiCall const& call) {
  if (!is_known_channel(call)) co_return std::unexpected(faults::unknown_channel());
  co_return everywhere(gateway, call, "unsubscribe", unsubscribe);
}

Task<ApiOutcome> api_disconnect(Gateway& gateway, ApiCall const& call) {
  co_return everywhere(gateway, call, "disconnect", disconnect);
}

Task<ApiOutcome> api_refresh(Gateway& gateway, ApiCall const& call) {
  co_return everywhere(gateway, call, "refresh", refresh);
}

}  // namespace parlance::centrifugo
