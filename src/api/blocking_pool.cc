#include "api/blocking_pool.h"

#include <deque>
#include <mutex>
#include <thread>
#include <vector>

#include "base/guarded.h"

namespace parlance::api {

struct BlockingPool::State {
  struct Queue {
    std::deque<std::move_only_function<void()>> actions;
    bool is_stopping = false;
  };

  void serve() {
    while (true) {
      std::move_only_function<void()> action;
      queue.wait([](Queue const& waiting) { return waiting.is_stopping || !waiting.actions.empty(); },
                 [&](Queue& waiting) {
                   if (waiting.actions.empty()) return;
                   action = std::move(waiting.actions.front());
                   waiting.actions.pop_front();
                 });
      if (!action) return;
      action();
    }
  }

  std::size_t queue_cap = 0;
  Guarded<Queue> queue;
  std::once_flag stopped;
  std::vector<std::jthread> threads;
};

BlockingPool::BlockingPool(BlockingPoolOptions options) : state_(std::make_unique<State>()) {
  state_->queue_cap = options.queue_cap;
  for (int i = 0; i < options.threads; ++i) {
    state_->threads.emplace_back([state = state_.get()] { state->serve(); });
  }
}

BlockingPool::~BlockingPool() { stop(); }

bool BlockingPool::submit(std::move_only_function<void()> action) {
  bool const is_taken = state_->queue.with([&](State::Queue& queue) {
    if (queue.is_stopping || queue.actions.size() >= state_->queue_cap) return false;
    queue.actions.push_back(std::move(action));
    return true;
  });
  if (is_taken) state_->queue.notify_one();
  return is_taken;
}

void BlockingPool::stop() {
  std::call_once(state_->stopped, [this] {
    state_->queue.with([](State::Queue& queue) { queue.is_stopping = true; });
    state_->queue.notify_all();
    state_->threads.clear();
  });
}

std::unexpected<Error> BlockingPool::busy() {
  return std::unexpected(Error{Errc::unavailable, "too many files are being read and written", {}, 1});
}

}  // namespace parlance::api
