#pragma once

#include <optional>

#include "actions/engine.h"
#include "base/executor.h"
#include "jobs/log_watch.h"
#include "jobs/runner.h"
#include "realtime/broker.h"
#include "realtime/presence.h"
#include "realtime/roster.h"
#include "storage/read_pool.h"

namespace parlance::app {

/// What keeps this node in step with others over the same database. Nothing where the bus is a single process's own.
class Cluster {
 public:
  /// Before the broker starts and anybody connects. All must outlive it.
  Cluster(realtime::Broker& broker, realtime::Presence& presence, Executor& executor, storage::ReadPool& reads);

  /// Runs the programs in messages, and has whoever waits for them on any node woken. Before the broker starts.
  jobs::Handler run_for_all(actions::Engine& engine);

  /// After the broker has started.
  void start();
  /// Before it stops.
  void stop();

 private:
  realtime::Broker& broker_;
  std::optional<realtime::Roster> roster_;
  std::optional<jobs::LogWatch> log_watch_;
};

}  // namespace parlance::app
