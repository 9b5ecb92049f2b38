#pragma once

#include <chrono>
#include <memory>

#include "base/executor.h"
#include "realtime/broker.h"
#include "realtime/presence.h"

namespace parlance::realtime {

struct RosterOptions {
  /// How often a node says that it is there.
  std::chrono::milliseconds beat{2'000};

  /// Silence after which a node counts as gone, and everybody who was connected to it as disconnected.
  std::chrono::milliseconds patience{7'000};
};

/// Which other nodes there are, and who is connected to them: every node tells the others who comes and goes, numbers
/// what it tells, and repeats the number with each beat. The broker shows them (peers()). A node that has missed
/// something asks for the whole list. A node that cannot hear the bus keeps what it knew last. Any thread.
class Roster {
 public:
  /// Before the broker starts and anybody connects. `executor` keeps the time; it, the broker and the presence must
  /// outlive the roster's run.
  Roster(Broker& broker, Presence& presence, Executor& executor, RosterOptions options = {});
  Roster(Roster const&) = delete;
  Roster& operator=(Roster const&) = delete;
  ~Roster();

  /// After the broker has started.
  void start();

  /// Tells the others that this node goes. Before the broker is stopped. Idempotent.
  void stop();

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace parlance::realtime
