#include "dialects/centrifugo/directory.h"

#include <unordered_map>

#include "dialects/centrifugo/client.h"

namespace parlance::centrifugo {

void ClientHandle::post(std::function<void(Client&)> action) const {
  if (executor == nullptr) return;
  executor->post([weak = client, action = std::move(action)] {
    if (auto const found = weak.lock()) action(*found);
  });
}

namespace {

struct Occupant {
  ClientHandle handle;
  ClientInfo info;
  Directory::Presence presence;
};

using Channel = std::map<std::string, Occupant, std::less<>>;  // by client id
using Channels = std::map<std::string, Channel, std::less<>>;

struct Tables {
  std::unordered_map<std::string, ClientHandle> by_session;
  std::map<TenantId, std::map<std::string, std::map<std::string, ClientHandle>, std::less<>>> by_user;
  std::map<TenantId, Channels> channels;
};

std::vector<ClientHandle> watchers(Channel const& channel, std::string_view except) {
  std::vector<ClientHandle> found;
  for (auto const& [id, occupant] : channel)
    if (occupant.presence.watches_others && id != except) found.push_back(occupant.handle);
  return found;
}

void announce(std::vector<ClientHandle> const& watching, std::string const& channel, std::string_view name,
              ClientInfo const& info) {
  if (watching.empty()) return;
  auto const push = http::shared_buffer(join_or_leave_push(channel, name, info));
  for (auto const& handle : watching) handle.post([push](Client& client) { client.send_push(push); });
}

}  // namespace

struct Directory::State {
  Guarded<Tables> tables;
  Listener listener;

  void remove_client(ClientHandle const& handle) {
    tables.with([&](Tables& all) {
      all.by_session.erase(handle.session);
      auto& users = all.by_user[handle.tenant];
      auto const user = users.find(handle.user);
      if (user == users.end()) return;
      user->second.erase(handle.id);
      if (user->second.empty()) users.erase(user);
      if (users.empty()) all.by_user.erase(handle.tenant);
    });
  }

  void leave(TenantId tenant, std::string const& name, std::string const& client) {
    ClientInfo info;
    bool was_shown = false;
    auto const watching = tables.with([&](Tables& all) -> std::vector<ClientHandle> {
      auto& channels = all.channels[tenant];
      auto const channel = channels.find(name);
      if (channel == channels.end()) return {};
      auto const occupant = channel->second.find(client);
      if (occupant == channel->second.end()) return {};
      was_shown = occupant->second.presence.is_shown;
      info = std::move(occupant->second.info);
      channel->second.erase(occupant);
      auto found = was_shown ? watchers(channel->second, client) : std::vector<ClientHandle>{};
      if (channel->second.empty()) channels.erase(channel);
      if (channels.empty()) all.channels.erase(tenant);
      return found;
    });
    centrifugo::announce(watching, name, "leave", info);
    if (was_shown && listener) listener(tenant, name, "leave", info);
  }
};

Directory::Directory() : state_(std::make_shared<State>()) {}

Directory::Entry Directory::add_client(ClientHandle handle) {
  state_->tables.with([&](Tables& all) {
    all.by_session[handle.session] = handle;
    all.by_user[handle.tenant][handle.user][handle.id] = handle;
  });
  return Entry([state = state_, handle = std::move(handle)] { state->remove_client(handle); });
}

Directory::Entry Directory::enter(ClientHandle const& handle, std::string const& channel, ClientInfo info,
                                  Presence presence) {
  auto const watching = state_->tables.with([&](Tables& all) {
    auto& occupants = all.channels[handle.tenant][channel];
    occupants[handle.id] = {handle, info, presence};
    return presence.is_shown ? watchers(occupants, handle.id) : std::vector<ClientHandle>{};
  });
  centrifugo::announce(watching, channel, "join", info);
  if (presence.is_shown && state_->listener) state_->listener(handle.tenant, channel, "join", info);
  return Entry(
      [state = state_, tenant = handle.tenant, channel, id = handle.id] { state->leave(tenant, channel, id); });
}

void Directory::on_presence(Listener listener) { state_->listener = std::move(listener); }

void Directory::announce(TenantId tenant, std::string const& channel, std::string_view name,
                         ClientInfo const& info) const {
  auto const watching = state_->tables.with([&](Tables const& all) -> std::vector<ClientHandle> {
    auto const channels = all.channels.find(tenant);
    if (channels == all.channels.end()) return {};
    auto const place = channels->second.find(channel);
    return place == channels->second.end() ? std::vector<ClientHandle>{} : watchers(place->second, "");
  });
  centrifugo::announce(watching, channel, name, info);
}

ClientHandle Directory::find_session(std::string_view session) const {
  return state_->tables.with([&](Tables const& all) {
    auto const found = all.by_session.find(std::string(session));
    return found == all.by_session.end() ? ClientHandle{} : found->second;
  });
}

std::vector<ClientHandle> Directory::clients_of(TenantId tenant, std::string_view user) const {
  return state_->tables.with([&](Tables const& all) {
    std::vector<ClientHandle> found;
    auto const users = all.by_user.find(tenant);
    if (users == all.by_user.end()) return found;
    for (auto const& [name, clients] : users->second) {
      if (!user.empty() && name != user) continue;
      for (auto const& [id, handle] : clients) found.push_back(handle);
    }
    return found;
  });
}

std::vector<ClientInfo> Directory::occupants(TenantId tenant, std::string const& channel) const {
  return state_->tables.with([&](Tables const& all) {
    std::vector<ClientInfo> found;
    auto const channels = all.channels.find(tenant);
    if (channels == all.channels.end()) return found;
    auto const place = channels->second.find(channel);
    if (place == channels->second.end()) return found;
    for (auto const& [id, occupant] : place->second)
      if (occupant.presence.is_shown) found.push_back(occupant.info);
    return found;
  });
}

std::vector<std::pair<std::string, std::size_t>> Directory::channels(TenantId tenant) const {
  return state_->tables.with([&](Tables const& all) {
    std::vector<std::pair<std::string, std::size_t>> found;
    auto const channels = all.channels.find(tenant);
    if (channels == all.channels.end()) return found;
    for (auto const& [name, channel] : channels->second) found.emplace_back(name, channel.size());
    return found;
  });
}

}  // namespace parlance::centrifugo
