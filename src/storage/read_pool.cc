#include "storage/read_pool.h"

#include <algorithm>
#include <deque>
#include <optional>

#include "base/guarded.h"
#include "base/thread.h"
#include "storage/reconnect.h"

namespace parlance::storage {
namespace {

struct Query {
  Verb verb;
  Done done;
};

Result<void> answer(Connection& connection, Reconnect& reconnect, Query& query) {
  TRY(reconnect.ensure());
  TRY(connection.begin());
  Transaction transaction(connection);
  auto result = run_verb(query.verb, transaction);
  connection.rollback();
  return result;
}

}  // namespace

struct ReadPool::Shared {
  struct Queue {
    std::deque<Query> queries;
    int sleeping = 0;
    bool stopping = false;
  };

  std::size_t queue_cap;
  Guarded<Queue> queue;

  std::optional<Query> take();
  void serve(Connection& connection);
};

/// Waits for a query; none when the pool has stopped and the queue is empty.
std::optional<Query> ReadPool::Shared::take() {
  bool asleep = false;
  auto const ready = [&](Queue& state) {
    auto const is_ready = !state.queries.empty() || state.stopping;
    if (asleep == is_ready) state.sleeping += is_ready ? -1 : 1;
    asleep = !is_ready;
    return is_ready;
  };
  return queue.wait(ready, [](Queue& state) -> std::optional<Query> {
    if (state.queries.empty()) return std::nullopt;
    auto query = std::move(state.queries.front());
    state.queries.pop_front();
    return query;
  });
}

void ReadPool::Shared::serve(Connection& connection) {
  name_thread("read pool");
  Reconnect reconnect(connection);
  while (auto query = take()) complete(query->done, answer(connection, reconnect, *query));
}

ReadPool::ReadPool() = default;

Result<std::unique_ptr<ReadPool>> ReadPool::open(Database& database, ReadPoolOptions options) {
  auto pool = std::unique_ptr<ReadPool>(new ReadPool);
  pool->shared_ = std::make_unique<Shared>(options.queue_cap);
  for (int index = 0; index < std::max(options.threads, 1); ++index) {
    auto connection = TRY(database.connect(Access::read_only));
    pool->threads_.emplace_back([shared = pool->shared_.get(), mine = std::move(connection)] { shared->serve(*mine); });
  }
  return pool;
}

ReadPool::~ReadPool() { stop(); }

void ReadPool::submit(Verb verb, Done done) {
  enum class Answer { queued, wake, full, stopped };
  auto const answer = shared_->queue.with([&](Shared::Queue& queue) {
    if (queue.stopping) return Answer::stopped;
    if (queue.queries.size() >= shared_->queue_cap) return Answer::full;
    queue.queries.push_back({std::move(verb), std::move(done)});
    return queue.sleeping > 0 ? Answer::wake : Answer::queued;
  });
  switch (answer) {
    case Answer::queued: return;
    case Answer::wake: return shared_->queue.notify_one();
    case Answer::full: return complete(done, busy("the server is too busy"));
    case Answer::stopped: return complete(done, busy("the server is stopping"));
  }
}

void ReadPool::stop() {
  std::call_once(stopped_, [this] {
    shared_->queue.with([](Shared::Queue& queue) { queue.stopping = true; });
    shared_->queue.notify_all();
    threads_.clear();
  });
}

}  // namespace parlance::storage
