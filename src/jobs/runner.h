#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "base/guarded.h"
#include "base/result.h"
#include "jobs/bell.h"
#include "jobs/retry.h"
#include "jobs/statistics.h"
#include "model/job.h"
#include "storage/read_pool.h"
#include "storage/write_lane.h"

namespace parlance::jobs {

/// Runs on a runner's thread. An error or an exception fails the attempt. A job runs at least once.
using Handler = std::function<Result<void>(model::Job const&)>;

enum class Pace {
  quick,  ///< works on our own database
  slow,   ///< waits for other servers: on threads of its own, so that a hanging one holds up nothing else
  heavy,  ///< computes for long: on threads of its own too
};

/// Whether the jobs of a kind may become dead letters.
enum class Persistence { until_dead, for_ever };

struct RunnerOptions {
  RetryOptions retry;
  int threads = 2;

  /// How long a job taken by a process that dies stays with it.
  std::chrono::milliseconds lease{60'000};

  /// How often the queue is looked at without being woken.
  std::chrono::milliseconds poll{5'000};

  /// The rest between two looks, so that jobs which come due close together are taken and finished in one commit.
  std::chrono::milliseconds gather{20};

  /// Once asked for, a job that fails was cut off: it goes back into the queue as if it had not been tried.
  std::stop_token cut_off;
};

/// Takes due jobs under a lease, runs their handlers on its threads, and finishes them or has them retried with
/// back-off. It leaves alone what it has no handler for: another node may be newer and have one. Any thread.
class Runner {
 public:
  Runner(storage::WriteLanes& lanes, storage::ReadPool& reads, Statistics& statistics, RunnerOptions options);
  Runner(Runner const&) = delete;
  Runner& operator=(Runner const&) = delete;
  ~Runner();

  /// Before start only.
  void handle(std::string kind, Handler handler, Persistence persistence = Persistence::until_dead);

  /// Once. Without a handler there is nothing to run.
  void start();
  /// There may be something due. Cheap.
  void wake() { bell_.ring(); }
  /// From now on no job is begun. Does not wait.
  void begin_stop();
  /// Waits until no job runs, but not past `end`. After begin_stop.
  void wait_for_running(std::chrono::steady_clock::time_point end);
  /// Waits for the handlers that are running; what else was taken goes back into the queue. Idempotent.
  void stop();

 private:
  struct Kind {
    Handler handler;
    Persistence persistence = Persistence::until_dead;
  };
  struct Attempt {
    model::Job job;
    Result<void> outcome;
  };
  struct Work {
    std::deque<model::Job> waiting;
    std::vector<Attempt> attempted;
    std::size_t running = 0;
    bool is_stopping = false;
  };
  /// What one look at the queue brings. Where it filled the room, nobody has asked for the next.
  struct Look {
    std::vector<model::Job> taken;
    Timestamp next_at = 0;
  };

  void coordinate();
  std::chrono::microseconds turn();
  void serve();
  Result<void> run(model::Job const& job) const;
  Result<Look> settle_and_take(std::vector<Attempt> const& attempted, std::size_t room);
  Result<void> settle(storage::Transaction& tx, Attempt const& attempt) const;
  Timestamp retry_at(Attempt const& attempt) const;
  void count(std::vector<Attempt> const& attempted);
  void give_back();

  storage::WriteLanes& lanes_;
  storage::ReadPool& reads_;
  Statistics& statistics_;
  RunnerOptions const options_;
  std::map<std::string, Kind, std::less<>> kinds_;
  std::vector<std::string> wanted_;
  Bell bell_;
  Guarded<Work> work_;
  std::vector<std::jthread> threads_;
  std::jthread coordinator_;
};

}  // namespace parlance::jobs
