#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "api/process.h"
#include "base/guarded.h"
#include "http/metrics.h"
#include "jobs/worker.h"
#include "realtime/broker.h"
#include "storage/write_lane.h"

namespace parlance::app {

/// Shows in /metrics what the layers below HTTP count by themselves. Any thread.
class ServerMetrics {
 public:
  explicit ServerMetrics(http::Metrics& metrics);

  /// LaneOptions::observer.
  void observe_batch(std::size_t batch_size, std::int64_t commit_micros);

  /// Takes over the counts of this moment; called before each scrape.
  void refresh(storage::WriteLanes const& lanes, jobs::Worker const& worker, api::Process const& process,
               realtime::Broker const& broker);

 private:
  void refresh_bus(realtime::BusState const& bus, std::size_t peers);

  /// A count that is kept elsewhere, as the counter that scrapers expect.
  void mirror(std::string const& name, std::string const& help, http::Labels const& labels, std::uint64_t total);

  http::Metrics& metrics_;
  http::Histogram& batch_size_;
  http::Histogram& commit_seconds_;
  http::Gauge& queued_;
  http::Gauge& uptime_;
  Guarded<std::map<std::string, std::uint64_t>> mirrored_;
};

}  // namespace parlance::app
