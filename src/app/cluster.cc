#include "app/cluster.h"

namespace parlance::app {

Cluster::Cluster(realtime::Broker& broker, realtime::Presence& presence, Executor& executor, storage::ReadPool& reads) {
  if (!broker.bus_state().is_shared) return;
  roster_.emplace(broker, presence, executor);
  log_watch_.emplace(reads, broker);
}

void Cluster::start() {
  if (roster_) roster_->start();
  if (log_watch_) log_watch_->start();
}

void Cluster::stop() {
  if (log_watch_) log_watch_->stop();
  if (roster_) roster_->stop();
}

}  // namespace parlance::app
