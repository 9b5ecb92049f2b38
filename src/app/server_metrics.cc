#include "app/server_metrics.h"

#include <utility>

#include "base/clock.h"

namespace parlance::app {
namespace {

std::vector<double> const kBatchBounds = {1, 2, 4, 8, 16, 32, 64, 128};

}  // namespace

ServerMetrics::ServerMetrics(http::Metrics& metrics)
    : metrics_(metrics),
      batch_size_(metrics.histogram("parlance_lane_batch_size", "Commands that shared one commit", kBatchBounds)),
      commit_seconds_(metrics.histogram("parlance_lane_commit_seconds", "Time of a commit, the disk's sync included",
                                        http::Metrics::latency_bounds())),
      queued_(metrics.gauge("parlance_lane_queued", "Commands that wait for a write lane")),
      uptime_(metrics.gauge("parlance_uptime_seconds", "Time since the process started")) {}

void ServerMetrics::observe_batch(std::size_t batch_size, std::int64_t commit_micros) {
  batch_size_.Observe(static_cast<double>(batch_size));
  commit_seconds_.Observe(static_cast<double>(commit_micros) / kSecond);
}

void ServerMetrics::refresh(storage::WriteLanes const& lanes, jobs::Worker const& worker, api::Process const& process,
                            realtime::Broker const& broker) {
  auto const statistics = lanes.statistics();
  queued_.Set(static_cast<double>(statistics.queued));
  uptime_.Set(static_cast<double>(process.uptime_seconds()));
  mirror("parlance_lane_commands_total", "Commands done by the write lanes", {}, statistics.commands);
  mirror("parlance_lane_replays_total", "Batches run again because a command failed after writing", {},
         statistics.replays);
  mirror("parlance_lane_refused_total", "Commands turned away by a full queue", {}, statistics.refused);
  for (auto const& [kind, counts] : worker.statistics()) {
    auto const outcomes = {std::pair("done", counts.done), std::pair("failed", counts.failed),
                           std::pair("dead", counts.dead)};
    for (auto const& [outcome, total] : outcomes)
      mirror("parlance_job_attempts_total", "Attempts of background work, by what became of them",
             {{"kind", kind}, {"outcome", outcome}}, total);
  }
  if (auto const bus = broker.bus_state(); bus.is_shared) refresh_bus(bus, broker.peers().size());
}

void ServerMetrics::refresh_bus(realtime::BusState const& bus, std::size_t peers) {
  metrics_.gauge("parlance_bus_connected", "Whether the bus to other nodes is connected").Set(bus.is_connected ? 1 : 0);
  metrics_.gauge("parlance_bus_peers", "Other nodes that have been heard of lately").Set(static_cast<double>(peers));
  metrics_.gauge("parlance_bus_queued_bytes", "What waits to be sent to other nodes")
      .Set(static_cast<double>(bus.queued_bytes));
  auto const* const help = "Messages to and from other nodes, by what became of them";
  mirror("parlance_bus_messages_total", help, {{"outcome", "sent"}}, bus.sent);
  mirror("parlance_bus_messages_total", help, {{"outcome", "received"}}, bus.received);
  mirror("parlance_bus_messages_total", help, {{"outcome", "dropped"}}, bus.dropped);
  mirror("parlance_bus_messages_total", help, {{"outcome", "misread"}}, bus.misread);
  mirror("parlance_bus_losses_total", "Times that every stream looked at the log, since messages may have been missed",
         {}, bus.losses);
}

void ServerMetrics::mirror(std::string const& name, std::string const& help, http::Labels const& labels,
                           std::uint64_t total) {
  auto& counter = metrics_.counter(name, help, labels);
  auto key = name;
  for (auto const& [label, value] : labels) key += "," + label + "=" + value;
  mirrored_.with([&](auto& mirrored) {
    auto const before = std::exchange(mirrored[key], total);
    if (total > before) counter.Increment(static_cast<double>(total - before));
  });
}

}  // namespace parlance::app
