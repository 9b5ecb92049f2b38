#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/executor.h"
#include "base/ids.h"

namespace parlance::realtime {

struct PresenceOptions {
  /// How long a user without a connection still counts as online: long enough for a page reload or a change of network.
  std::chrono::milliseconds grace{5000};
};

enum class PresenceStep {
  online,     ///< the first connection of a user who was offline
  connected,  ///< the first connection, after `online` or after a gap shorter than the grace period
  offline,    ///< no connection for the whole grace period
};

struct PresenceChange {
  TenantId tenant;
  UserId user;
  std::string external_id;
  PresenceStep step = PresenceStep::online;
  Timestamp at = 0;
};

/// Who is connected to this process. Any thread.
class Presence {
  struct State;

 public:
  using Listener = std::function<void(PresenceChange const&)>;

  /// One connection of a user; gone when it is destroyed. Any thread. May outlive the presence.
  class Connection {
   public:
    Connection() = default;
    Connection(Connection&& other) noexcept = default;
    Connection& operator=(Connection&& other) noexcept;
    ~Connection() { close(); }

    void close();

   private:
    friend class Presence;
    Connection(std::shared_ptr<State> state, TenantId tenant, UserId user)
        : state_(std::move(state)), tenant_(tenant), user_(user) {}

    std::shared_ptr<State> state_;
    TenantId tenant_;
    UserId user_;
  };

  /// `executor` keeps the time and calls the listeners; it must outlive every connection.
  explicit Presence(Executor& executor, PresenceOptions options = {});
  ~Presence();

  /// Before the first connection only. Listeners are called on the executor's thread, in the order of the changes.
  void on_change(Listener listener);

  /// Counts one more connection. Subscribe to the user at the hub first: what waits for the user is sent at once.
  Connection connect(TenantId tenant, UserId user, std::string_view external_id);

  /// Connected, or so a moment ago: what others are shown.
  bool is_online(TenantId tenant, UserId user) const;
  std::vector<UserId> online_users(TenantId tenant) const;

  /// Connected at this moment: what is sent now has somebody to arrive at.
  bool is_connected(TenantId tenant, UserId user) const;

  /// How many connections the user has.
  std::size_t connection_count(TenantId tenant, UserId user) const;

 private:
  std::shared_ptr<State> state_;
};

}  // namespace parlance::realtime
