#include "dialects/centrifugo/peer_duties.h"

#include <set>
#include <utility>

#include "api/process.h"
#include "base/json.h"
#include "dialects/centrifugo/client.h"
#include "dialects/centrifugo/server_api.h"

namespace parlance::centrifugo {
namespace {

NodeInfo node_info(Gateway const& gateway, TenantId tenant) {
  NodeInfo info;
  info.node = gateway.node;
  info.version = gateway.services.process.version();
  info.uptime = gateway.services.process.uptime_seconds();
  std::set<std::string> users;
  for (auto const& handle : gateway.directory.clients_of(tenant, "")) {
    ++info.clients;
    users.insert(handle.user);
  }
  info.users = static_cast<std::int64_t>(users.size());
  for (auto const& [name, count] : gateway.directory.channels(tenant)) {
    ++info.channels;
    info.subscriptions += static_cast<std::int64_t>(count);
  }
  return info;
}

Answers answer(Gateway const& gateway, TenantId tenant, Question question, std::string const& channel) {
  Answers answers;
  switch (question) {
    case Question::occupants: answers.occupants = gateway.directory.occupants(tenant, channel); break;
    case Question::channels:
      for (auto& [name, count] : gateway.directory.channels(tenant))
        answers.channels.emplace_back(std::move(name), static_cast<std::int64_t>(count));
      break;
    case Question::node: answers.nodes.push_back(node_info(gateway, tenant)); break;
  }
  return answers;
}

}  // namespace

void take_up_peer_duties(std::shared_ptr<Gateway> const& gateway) {
  // The gateway owns what calls these.
  auto& here = *gateway;
  Peers::Duties duties;
  duties.answer = [&here](TenantId tenant, Question question, std::string const& channel) {
    return answer(here, tenant, question, channel);
  };
  duties.announce = [&here](TenantId tenant, std::string const& channel, std::string_view name,
                            ClientInfo const& info) { here.directory.announce(tenant, channel, name, info); };
  duties.carry_out = [&here](TenantId tenant, std::string_view method, std::string_view body) {
    if (auto const parsed = parse_json(body); parsed && parsed->is_object())
      carry_out(here, tenant, method, parsed->get_object());
  };
  duties.emulate = [&here](std::string_view session, std::string data) {
    here.directory.find_session(session).post([data = std::move(data)](Client& client) { client.enqueue(data); });
  };
  gateway->peers.listen(std::move(duties));
  gateway->directory.on_presence(
      [&here](TenantId tenant, std::string const& channel, std::string_view name, ClientInfo const& info) {
        here.peers.tell_presence(tenant, channel, name, info);
      });
}

}  // namespace parlance::centrifugo
