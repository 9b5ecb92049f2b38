#include "jobs/runner.h"

#include <algorithm>
#include <exception>
#include <iterator>
#include <optional>
#include <utility>

#include "base/log.h"
#include "core/job_queue.h"

namespace parlance::jobs {
namespace {

/// Any number: all of the queue's commands go to one lane, so that they do not wait for each other's locks.
constexpr std::int64_t kLaneKey = 0;

/// Jobs taken ahead for each thread. A job waits no longer than its lease for this many others.
constexpr std::size_t kAhead = 3;

}  // namespace

Runner::Runner(storage::WriteLanes& lanes, storage::ReadPool& reads, Statistics& statistics, RunnerOptions options)
    : lanes_(lanes), reads_(reads), statistics_(statistics), options_(options) {}

Runner::~Runner() { stop(); }

void Runner::handle(std::string kind, Handler handler, Persistence persistence) {
  kinds_.insert_or_assign(std::move(kind), Kind{std::move(handler), persistence});
}

void Runner::start() {
  if (kinds_.empty()) return;
  for (auto const& [name, kind] : kinds_) wanted_.push_back(name);
  for (int index = 0; index < options_.threads; ++index) threads_.emplace_back([this] { serve(); });
  coordinator_ = std::jthread([this] { coordinate(); });
}

void Runner::begin_stop() {
  bell_.close();
  work_.with([](Work& work) { work.is_stopping = true; });
  work_.notify_all();
}

void Runner::wait_for_running(std::chrono::steady_clock::time_point end) {
  work_.wait_for(
      end - std::chrono::steady_clock::now(), [](Work const& work) { return work.running == 0; }, [](Work const&) {});
}

void Runner::stop() {
  if (!coordinator_.joinable()) return;
  begin_stop();
  coordinator_.join();
  threads_.clear();
  give_back();
}

void Runner::serve() {
  auto const is_ready = [](Work const& work) { return work.is_stopping || !work.waiting.empty(); };
  while (true) {
    auto job = work_.wait(is_ready, [](Work& work) -> std::optional<model::Job> {
      if (work.is_stopping) return std::nullopt;
      auto next = std::move(work.waiting.front());
      work.waiting.pop_front();
      ++work.running;
      return next;
    });
    if (!job) return;
    auto outcome = run(*job);
    bool const is_cut_off = !outcome && options_.cut_off.stop_requested();
    bool const is_stopping = work_.with([&](Work& work) {
      --work.running;
      if (is_cut_off) {
        work.waiting.push_back(std::move(*job));
      } else {
        work.attempted.push_back({std::move(*job), std::move(outcome)});
      }
      return work.is_stopping;
    });
    if (is_stopping) work_.notify_all();
    bell_.ring();
  }
}

Result<void> Runner::run(model::Job const& job) const {
  try {
    return kinds_.at(job.kind).handler(job);
  } catch (std::exception const& exception) {
    log::error("job {} of kind {} threw: {}", job.id.value, job.kind, exception.what());
    return fail(Errc::internal, "internal error");
  }
}

void Runner::coordinate() {
  while (!bell_.is_closed()) {
    auto const pause = turn();
    if (bell_.rest_for(options_.gather)) return;
    if (pause > options_.gather) bell_.wait_for(pause - options_.gather);
  }
}

/// Writes down what has been attempted and takes what is due. Returns how long nothing is to be done, unless woken.
std::chrono::microseconds Runner::turn() {
  std::vector<Attempt> attempted;
  auto const room = work_.with([&](Work& work) {
    attempted = std::exchange(work.attempted, {});
    auto const capacity = static_cast<std::size_t>(options_.threads) * (1 + kAhead);
    return capacity - std::min(capacity, work.waiting.size() + work.running);
  });
  if (attempted.empty()) {
    if (room == 0) return options_.poll;
    auto const next_at = reads_.run([this](storage::Transaction& tx) { return core::next_job_at(tx, wanted_); });
    if (!next_at) return options_.poll;
    if (*next_at == 0) return options_.poll;
    auto const wait = std::chrono::microseconds(*next_at - now());
    if (wait.count() > 0) return std::min<std::chrono::microseconds>(wait, options_.poll);
  }
  auto look = settle_and_take(attempted, room);
  if (!look) {
    log::warn("the job queue could not be written: {}", look.error().message);
    work_.with([&](Work& work) { std::ranges::move(attempted, std::back_inserter(work.attempted)); });
    return std::chrono::seconds(1);
  }
  count(attempted);
  auto const got_all = look->taken.size() < room;
  std::ranges::sort(look->taken, {}, &model::Job::id);
  work_.with([&](Work& work) { std::ranges::move(look->taken, std::back_inserter(work.waiting)); });
  work_.notify_all();
  if (!got_all) return options_.poll;
  if (look->next_at == 0) return options_.poll;
  return std::clamp<std::chrono::microseconds>(std::chrono::microseconds(look->next_at - now()),
                                               std::chrono::microseconds(0), options_.poll);
}

Result<Runner::Look> Runner::settle_and_take(std::vector<Attempt> const& attempted, std::size_t room) {
  return lanes_.run(kLaneKey, [&](storage::Transaction& tx) -> Result<Look> {
    for (auto const& attempt : attempted) TRY(settle(tx, attempt));
    Look look;
    auto const lease_until = tx.now() + std::chrono::microseconds(options_.lease).count();
    look.taken = TRY(core::take_jobs(tx, tx.now(), lease_until, static_cast<std::int64_t>(room), wanted_));
    if (look.taken.size() < room) look.next_at = TRY(core::next_job_at(tx, wanted_));
    return look;
  });
}

Timestamp Runner::retry_at(Attempt const& attempt) const {
  auto retry = options_.retry;
  if (kinds_.at(attempt.job.kind).persistence == Persistence::for_ever) retry.max_attempts = 0;
  return next_attempt_at(retry, attempt.job.attempts, now());
}

Result<void> Runner::settle(storage::Transaction& tx, Attempt const& attempt) const {
  if (attempt.outcome) return core::finish_job(tx, attempt.job.id);
  return core::fail_job(tx, attempt.job.id, attempt.outcome.error().message, retry_at(attempt));
}

void Runner::count(std::vector<Attempt> const& attempted) {
  for (auto const& attempt : attempted) {
    auto const failure = retry_at(attempt) == 0 ? AttemptOutcome::dead : AttemptOutcome::failed;
    statistics_.count(attempt.job.kind, attempt.outcome ? AttemptOutcome::done : failure);
  }
}

/// After the threads have ended: what they did is written down, and what they did not get to is due again at once.
void Runner::give_back() {
  auto const work = work_.with([](Work& held) { return std::exchange(held, {}); });
  if (work.attempted.empty() && work.waiting.empty()) return;
  auto const written = lanes_.run(kLaneKey, [&](storage::Transaction& tx) -> Result<void> {
    for (auto const& attempt : work.attempted) TRY(settle(tx, attempt));
    for (auto const& job : work.waiting) TRY(core::fail_job(tx, job.id, job.last_error, tx.now()));
    return {};
  });
  if (!written) return log::warn("jobs stay leased: {}", written.error().message);
  count(work.attempted);
}

}  // namespace parlance::jobs
