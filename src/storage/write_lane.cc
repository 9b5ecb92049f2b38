#include "storage/write_lane.h"

#include <algorithm>
#include <atomic>
#include <deque>
#include <span>
#include <thread>

#include "base/gathered_posts.h"
#include "base/guarded.h"
#include "base/thread.h"
#include "storage/batch.h"

namespace parlance::storage {
namespace {

constexpr int kPostgresLanes = 4;

/// Neighbouring keys spread over the lanes.
std::size_t spread(std::int64_t key) { return (static_cast<std::uint64_t>(key) * 0x9E3779B97F4A7C15ull) >> 32; }

/// Stable: what was submitted for one key stays in its order.
void sort_by_key(std::span<Command> batch) {
  for (std::size_t index = 0; index < batch.size(); ++index) batch[index].position = index;
  std::ranges::sort(batch, {}, [](Command const& command) { return std::pair(command.key, command.position); });
}

}  // namespace

/// One thread with a connection and a queue.
class WriteLane {
 public:
  WriteLane(std::unique_ptr<Connection> connection, LaneOptions options)
      : connection_(std::move(connection)), options_(std::move(options)), thread_([this] { work(); }) {}

  void submit(Command command);
  void stop();
  void add_to(LaneStatistics& sum) const;

 private:
  struct Queue {
    std::deque<Command> commands;
    bool sleeping = false;
    bool stopping = false;
  };

  void work();
  std::vector<Command> take();
  void process(BatchRunner& runner, std::span<Command> batch);

  std::unique_ptr<Connection> connection_;
  LaneOptions options_;
  Guarded<Queue> queue_;
  std::atomic<std::uint64_t> batches_ = 0;
  std::atomic<std::uint64_t> commands_ = 0;
  std::atomic<std::uint64_t> replays_ = 0;
  std::atomic<std::uint64_t> refused_ = 0;
  std::atomic<std::int64_t> commit_micros_ = 0;
  std::jthread thread_;
};

void WriteLane::submit(Command command) {
  enum class Answer { queued, wake, full, stopped };
  auto const answer = queue_.with([&](Queue& queue) {
    if (queue.stopping) return Answer::stopped;
    if (queue.commands.size() >= options_.queue_cap) return Answer::full;
    queue.commands.push_back(std::move(command));
    return std::exchange(queue.sleeping, false) ? Answer::wake : Answer::queued;
  });
  switch (answer) {
    case Answer::queued: return;
    case Answer::wake: return queue_.notify_one();
    case Answer::full: ++refused_; return complete(command.done, busy("the server is too busy"));
    case Answer::stopped: return complete(command.done, busy("the server is stopping"));
  }
}

void WriteLane::stop() {
  queue_.with([](Queue& queue) { queue.stopping = true; });
  queue_.notify_one();
  thread_.join();
}

void WriteLane::add_to(LaneStatistics& sum) const {
  sum.batches += batches_;
  sum.commands += commands_;
  sum.replays += replays_;
  sum.refused += refused_;
  sum.commit_micros += commit_micros_;
  sum.queued += queue_.with([](Queue const& queue) { return queue.commands.size(); });
}

void WriteLane::work() {
  name_thread("write lane");
  BatchRunner runner(*connection_, options_);
  for (auto batch = take(); !batch.empty(); batch = take()) process(runner, batch);
}

/// Waits for commands; none when the lane has stopped and the queue is empty.
std::vector<Command> WriteLane::take() {
  // Only a lane that says it sleeps is woken: a wake-up costs the submitter more than the rest of its call.
  auto const ready = [](Queue& queue) {
    queue.sleeping = queue.commands.empty() && !queue.stopping;
    return !queue.sleeping;
  };
  return queue_.wait(ready, [&](Queue& queue) {
    auto const count = std::min(queue.commands.size(), options_.batch_cap);
    auto const end = queue.commands.begin() + static_cast<std::ptrdiff_t>(count);
    std::vector<Command> batch(std::move_iterator(queue.commands.begin()), std::move_iterator(end));
    queue.commands.erase(queue.commands.begin(), end);
    return batch;
  });
}

void WriteLane::process(BatchRunner& runner, std::span<Command> batch) {
  // Several lanes, and several servers, that take conversations in one order cannot wait for each other in a circle.
  if (connection_->engine() == Engine::postgres) sort_by_key(batch);
  GatheredPosts const posts;
  runner.run(batch);
  batches_ = runner.commits();
  replays_ = runner.replays();
  commit_micros_ = runner.commit_micros();
  commands_ += batch.size();
  for (auto& command : batch) complete(command.done, std::move(command.result));
}

WriteLanes::WriteLanes() = default;

Result<std::unique_ptr<WriteLanes>> WriteLanes::open(Database& database, LaneOptions options) {
  auto lanes = std::unique_ptr<WriteLanes>(new WriteLanes);
  options.batch_cap = std::max<std::size_t>(options.batch_cap, 1);
  auto const count = database.engine() == Engine::sqlite ? 1 : options.lanes > 0 ? options.lanes : kPostgresLanes;
  for (int index = 0; index < count; ++index)
    lanes->lanes_.push_back(std::make_unique<WriteLane>(TRY(database.connect(Access::read_write)), options));
  return lanes;
}

WriteLanes::~WriteLanes() { stop(); }

void WriteLanes::submit(std::int64_t key, Verb verb, Done done) {
  lanes_[spread(key) % lanes_.size()]->submit({key, std::move(verb), std::move(done), {}});
}

void WriteLanes::stop() {
  std::call_once(stopped_, [this] {
    for (auto const& lane : lanes_) lane->stop();
  });
}

LaneStatistics WriteLanes::statistics() const {
  LaneStatistics sum;
  for (auto const& lane : lanes_) lane->add_to(sum);
  return sum;
}

}  // namespace parlance::storage
