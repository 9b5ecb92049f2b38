#include "app/cluster.h"

#include "base/packed.h"
#include "jobs/payload.h"

namespace parlance::app {
namespace {

/// Programs of a conversation that have been run.
constexpr std::string_view kTopic = "actions";

}  // namespace

Cluster::Cluster(realtime::Broker& broker, realtime::Presence& presence, Executor& executor, storage::ReadPool& reads)
    : broker_(broker) {
  if (!broker.bus_state().is_shared) return;
  roster_.emplace(broker, presence, executor);
  log_watch_.emplace(reads, broker);
}

jobs::Handler Cluster::run_for_all(actions::Engine& engine) {
  broker_.on_note(std::string(kTopic), [&engine](realtime::Note const& note) {
    PackedReader in(note.body);
    while (in.next())
      if (in.field() == 1) engine.completions().notify(in.id<ConversationId>());
  });
  return [this, &engine](model::Job const& job) -> Result<void> {
    TRY(engine.run(job));
    PackedWriter out;
    out.number(1, TRY(jobs::Payload::parse(job.payload)).integer("conversation"));
    broker_.tell(std::string(kTopic), out.take());
    return {};
  };
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
