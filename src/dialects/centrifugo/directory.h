#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/executor.h"
#include "base/guarded.h"
#include "base/ids.h"
#include "dialects/centrifugo/replies.h"

namespace parlance::centrifugo {

class Client;

/// A client of this process, reachable from any thread.
struct ClientHandle {
  std::weak_ptr<Client> client;
  Executor* executor = nullptr;
  TenantId tenant;
  std::string user;     ///< external id
  std::string id;       ///< shown to others
  std::string session;  ///< known to the client alone

  /// Runs `action` with the client on its own thread, unless it has gone by then.
  void post(std::function<void(Client&)> action) const;
};

/// Who is connected here, and who is in which channel. Any thread.
class Directory {
  struct State;

 public:
  Directory();

  /// Takes what it stands for out of the directory when it goes. Any thread.
  class Entry {
   public:
    Entry() = default;
    explicit Entry(std::function<void()> remove) : remove_(std::move(remove)) {}
    Entry(Entry&& other) noexcept : remove_(std::exchange(other.remove_, nullptr)) {}
    Entry& operator=(Entry&& other) noexcept {
      if (this != &other) {
        clear();
        remove_ = std::exchange(other.remove_, nullptr);
      }
      return *this;
    }
    ~Entry() { clear(); }
    void clear() {
      if (auto const remove = std::exchange(remove_, nullptr)) remove();
    }

   private:
    std::function<void()> remove_;
  };

  Entry add_client(ClientHandle handle);

  struct Presence {
    bool is_shown = true;         ///< in presence, and as join and leave
    bool watches_others = false;  ///< is told who joins and leaves
  };
  /// Puts a client into a channel, and tells those who watch.
  Entry enter(ClientHandle const& handle, std::string const& channel, ClientInfo info, Presence presence);

  /// The client of a session; an empty handle where there is none.
  ClientHandle find_session(std::string_view session) const;
  /// Of one user, or of everybody where `user` is empty.
  std::vector<ClientHandle> clients_of(TenantId tenant, std::string_view user) const;

  /// Who has joined or left a channel here (`name` is "join" or "leave"), for those who tell other nodes. Before the
  /// first client only. Any thread.
  using Listener = std::function<void(TenantId, std::string const& channel, std::string_view name, ClientInfo const&)>;
  void on_presence(Listener listener);
  /// Tells those who watch of somebody on another node.
  void announce(TenantId tenant, std::string const& channel, std::string_view name, ClientInfo const& info) const;

  std::vector<ClientInfo> occupants(TenantId tenant, std::string const& channel) const;
  /// Channel names with how many clients are in them.
  std::vector<std::pair<std::string, std::size_t>> channels(TenantId tenant) const;

 private:
  std::shared_ptr<State> state_;
};

}  // namespace parlance::centrifugo
