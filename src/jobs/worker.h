#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <stop_token>
#include <string>

#include "files/blob_store.h"
#include "jobs/file_collection.h"
#include "jobs/retry.h"
#include "jobs/runner.h"
#include "jobs/statistics.h"
#include "jobs/summarizer.h"
#include "realtime/broker.h"
#include "realtime/presence.h"
#include "storage/read_pool.h"
#include "storage/write_lane.h"

namespace parlance::jobs {

struct WorkerOptions {
  RetryOptions retry;

  /// Threads for jobs of Pace::quick.
  int threads = 2;

  /// Threads for jobs of Pace::slow, so calls to other servers at the same time.
  int slow_threads = 4;

  /// Threads for jobs of Pace::heavy.
  int heavy_threads = 2;

  /// How long a job taken by a process that dies stays with it.
  std::chrono::milliseconds lease{60'000};

  /// How often the queues are looked at without being woken: other nodes add to them too.
  std::chrono::milliseconds poll{5'000};

  /// Webhooks may go to loopback and private addresses.
  bool webhook_allow_private = false;

  std::chrono::milliseconds webhook_timeout{10'000};

  /// Links in messages are fetched and shown with them.
  bool unfurl_links = true;

  /// Links may lead to loopback and private addresses.
  bool unfurl_allow_private = false;

  /// Makes threads' subjects, summaries and tags in place of this server, where its url is set.
  RemoteSummarizer summarizer;

  /// How long events stay replayable.
  std::chrono::hours event_retention{30 * 24};

  /// How long an answer to an idempotency key is kept; the contract asks for 24 hours.
  std::chrono::hours answer_retention{48};

  std::chrono::milliseconds housekeeping_period{std::chrono::minutes(10)};

  /// Once asked for, calls to other servers end, and the jobs that made them go back into the queue.
  std::stop_token cut_off;
};

/// Everything that goes on behind the requests: jobs, deliveries to whoever was offline, webhooks, trimming. Any
/// thread.
class Worker {
 public:
  /// Listens to broker and presence, so construct it before either starts. What it is given must outlive it, and the
  /// broker's and the presence's callers must have ended before it goes.
  Worker(storage::WriteLanes& lanes, storage::ReadPool& reads, realtime::Broker& broker, realtime::Presence& presence,
         WorkerOptions options = {});
  Worker(Worker const&) = delete;
  Worker& operator=(Worker const&) = delete;
  ~Worker();

  /// Before start only: who runs the jobs of a kind.
  void handle(std::string kind, Handler handler, Pace pace, Persistence persistence = Persistence::until_dead);

  /// Before start only: has unused files removed from the store, which must outlive it.
  void collect_files(files::BlobStore& blobs, FileCollectionOptions options);

  void start();
  /// From now on no job of Pace::slow is begun. Does not wait. Requests may still wait for others.
  void stop_calling();
  /// Waits until no job of Pace::slow runs, but not past `end`. After stop_calling.
  void wait_for_calls(std::chrono::steady_clock::time_point end);
  /// Lets what is running finish, then ends the threads. Call it before the lanes are stopped. Idempotent.
  void stop();

  std::map<std::string, AttemptCounts> statistics() const;

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace parlance::jobs
