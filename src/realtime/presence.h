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
  connected,  ///< the first connection here, after `online` or after a gap shorter than the grace period
  offline,    ///< no connection for the whole grace period, and it is this node's to say so
};

/// Whether a user is connected to one node.
struct Attendance {
  TenantId tenant;
  UserId user;
  std::string external_id;
  bool is_connected = false;
  Timestamp at = 0;  ///< since when
};

/// Who says in the name of all nodes what one of them cannot say itself.
enum class Speaker { here, elsewhere };

struct PresenceChange {
  TenantId tenant;
  UserId user;
  std::string external_id;
  PresenceStep step = PresenceStep::online;
  Timestamp at = 0;
};

/// Who is connected: to this process, and to the other nodes as far as they are heard of (roster.h). Any thread.
class Presence {
  struct State;

 public:
  using Listener = std::function<void(PresenceChange const&)>;
  using AttendanceListener = std::function<void(Attendance const&)>;

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

  /// Before the first connection only. Called on the executor's thread with each user's first connection here and its
  /// last.
  void on_attendance(AttendanceListener listener);

  /// Counts one more connection. Subscribe to the user at the hub first: what waits for the user is sent at once.
  Connection connect(TenantId tenant, UserId user, std::string_view external_id);

  /// Connected, or so a moment ago: what others are shown.
  bool is_online(TenantId tenant, UserId user) const;
  std::vector<UserId> online_users(TenantId tenant) const;

  /// Connected at this moment: what is sent now has somebody to arrive at.
  bool is_connected(TenantId tenant, UserId user) const;

  /// The same, to this process.
  bool is_connected_here(TenantId tenant, UserId user) const;

  /// How many connections to this process the user has.
  std::size_t connection_count(TenantId tenant, UserId user) const;

  /// Everybody who is connected to this process.
  std::vector<Attendance> attendances() const;

  /// What another node says of one user.
  void note(std::string const& node, Attendance const& attendance);
  /// Another node says that these are all who are connected to it. `speaker` tells whether newcomers are announced.
  void replace(std::string const& node, std::vector<Attendance> const& all, Speaker speaker);
  /// Another node has gone, and with it all of its connections.
  void drop(std::string const& node, Speaker speaker);

 private:
  std::shared_ptr<State> state_;
};

}  // namespace parlance::realtime
