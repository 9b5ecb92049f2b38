#include "jobs/worker.h"

#include <optional>
#include <utility>

#include "jobs/deliveries.h"
#include "jobs/dispatcher.h"
#include "jobs/housekeeping.h"
#include "jobs/summaries.h"
#include "jobs/unfurls.h"
#include "jobs/webhooks.h"

namespace parlance::jobs {
namespace {

RunnerOptions runner_options(WorkerOptions const& options, int threads) {
  return {.retry = options.retry,
          .threads = threads,
          .lease = options.lease,
          .poll = options.poll,
          .cut_off = options.cut_off};
}

WebhookOptions webhook_options(WorkerOptions const& options) {
  auto const reach = options.webhook_allow_private ? outbound::Reach::anywhere : outbound::Reach::public_only;
  return {.reach = reach, .timeout = options.webhook_timeout, .cut_off = options.cut_off};
}

unfurl::FetchOptions unfurl_options(WorkerOptions const& options) {
  unfurl::FetchOptions fetch;
  if (options.unfurl_allow_private) fetch.reach = outbound::Reach::anywhere;
  return fetch;
}

}  // namespace

struct Worker::Parts {
  Parts(storage::WriteLanes& lanes_in, storage::ReadPool& reads_in, realtime::Broker& broker,
        realtime::Presence& presence, WorkerOptions const& options)
      : lanes(lanes_in),
        reads(reads_in),
        quick(lanes, reads, statistics, runner_options(options, options.threads)),
        slow(lanes, reads, statistics, runner_options(options, options.slow_threads)),
        heavy(lanes, reads, statistics, runner_options(options, options.heavy_threads)),
        dispatcher(lanes, presence, options.retry, options.unfurl_links ? Links::unfurl : Links::leave),
        webhooks(reads, webhook_options(options)),
        unfurls(lanes, reads, unfurl_options(options), options.cut_off),
        summaries(lanes, reads, options.summarizer, options.cut_off),
        deliveries(lanes, reads, broker, presence, statistics,
                   {.retry = options.retry, .lease = options.lease, .poll = options.poll}),
        housekeeping(lanes, {.event_retention = options.event_retention,
                             .answer_retention = options.answer_retention,
                             .period = options.housekeeping_period}) {}

  void on_event(model::Event const& event) {
    if (event.kind == model::EventKind::job_added) {
      quick.wake();
      slow.wake();
      heavy.wake();
      deliveries.wake();
    } else if (event.kind == model::EventKind::notification_created) {
      deliveries.wake();
    }
  }

  storage::WriteLanes& lanes;
  storage::ReadPool& reads;
  Statistics statistics;
  Runner quick;
  Runner slow;
  Runner heavy;
  Dispatcher dispatcher;
  Webhooks webhooks;
  Unfurls unfurls;
  Summaries summaries;
  Deliveries deliveries;
  Housekeeping housekeeping;
  std::optional<FileCollection> file_collection;
};

Worker::Worker(storage::WriteLanes& lanes, storage::ReadPool& reads, realtime::Broker& broker,
               realtime::Presence& presence, WorkerOptions options)
    : parts_(std::make_unique<Parts>(lanes, reads, broker, presence, options)) {
  broker.on_event([parts = parts_.get()](model::LiveEvent const& live) { parts->on_event(live.event); });
  presence.on_change([parts = parts_.get()](realtime::PresenceChange const& change) {
    if (change.step == realtime::PresenceStep::connected) parts->deliveries.welcome(change.tenant, change.user);
  });
  auto const dispatch = [parts = parts_.get()](model::Job const& job) {
    auto outcome = parts->dispatcher.run(job);
    parts->deliveries.wake();  // It may have opened some that are due before those it sleeps until.
    return outcome;
  };
  // A dispatch that is given up would end the side effects of its conversation for good.
  parts_->quick.handle(Dispatcher::kKind, dispatch, Persistence::for_ever);
  handle(
      Webhooks::kKind, [parts = parts_.get()](model::Job const& job) { return parts->webhooks.run(job); }, Pace::slow);
  handle(Unfurls::kKind, [parts = parts_.get()](model::Job const& job) { return parts->unfurls.run(job); }, Pace::slow);
  handle(
      core::kSummarizeJob, [parts = parts_.get()](model::Job const& job) { return parts->summaries.run(job); },
      parts_->summaries.is_remote() ? Pace::slow : Pace::quick);
}

Worker::~Worker() { stop(); }

void Worker::handle(std::string kind, Handler handler, Pace pace, Persistence persistence) {
  switch (pace) {
    case Pace::quick: return parts_->quick.handle(std::move(kind), std::move(handler), persistence);
    case Pace::slow: return parts_->slow.handle(std::move(kind), std::move(handler), persistence);
    case Pace::heavy: return parts_->heavy.handle(std::move(kind), std::move(handler), persistence);
  }
}

void Worker::collect_files(files::BlobStore& blobs, FileCollectionOptions options) {
  parts_->file_collection.emplace(parts_->lanes, parts_->reads, blobs, options);
}

void Worker::start() {
  parts_->quick.start();
  parts_->slow.start();
  parts_->heavy.start();
  parts_->deliveries.start();
  parts_->housekeeping.start();
  if (parts_->file_collection) parts_->file_collection->start();
}

void Worker::stop_calling() { parts_->slow.begin_stop(); }

void Worker::wait_for_calls(std::chrono::steady_clock::time_point end) { parts_->slow.wait_for_running(end); }

void Worker::stop() {
  if (parts_->file_collection) parts_->file_collection->stop();
  parts_->housekeeping.stop();
  parts_->deliveries.stop();
  parts_->quick.stop();
  parts_->slow.stop();
  parts_->heavy.stop();
}

std::map<std::string, AttemptCounts> Worker::statistics() const { return parts_->statistics.snapshot(); }

}  // namespace parlance::jobs
