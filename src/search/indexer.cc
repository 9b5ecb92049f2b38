#include "search/indexer.h"

#include "base/log.h"
#include "base/thread.h"
#include "storage/verb.h"

namespace parlance::search {

Indexer::Indexer(Store& store, std::chrono::milliseconds interval) : store_(store), interval_(interval) {
  thread_ = std::jthread([this](std::stop_token const& stop) { work(stop); });
}

Indexer::~Indexer() {
  thread_.request_stop();
  state_.with([](State& state) { state.is_stopping = true; });
  state_.notify_all();
}

Result<void> Indexer::wait_for_pass(std::chrono::milliseconds patience) {
  auto const wanted = state_.with([](State& state) { return ++state.requested; });
  state_.notify_all();
  return state_.wait_for(
      patience, [&](State const& state) { return state.completed >= wanted || state.is_stopping; },
      [&](State const& state) -> Result<void> {
        if (state.completed >= wanted) return state.outcome;
        return storage::busy("the search index has not caught up yet");
      });
}

void Indexer::work(std::stop_token const& stop) {
  name_thread("index");
  // Under more writes than the machine can take, searches wait rather than senders.
  step_back();
  std::uint64_t seen = 0;
  while (true) {
    auto const next = state_.wait_for(
        interval_, [&](State const& state) { return state.requested > seen || state.is_stopping; },
        [](State const& state) { return state.requested; });
    if (stop.stop_requested()) return;
    seen = next;
    auto outcome = store_.fill(stop);
    if (stop.stop_requested()) return;
    report(outcome);
    if (!outcome) outcome = storage::busy("the search index is not available");
    state_.with([&](State& state) {
      state.completed = seen;
      state.outcome = std::move(outcome);
    });
    state_.notify_all();
  }
}

void Indexer::report(Result<void> const& outcome) {
  if (!outcome && !is_failing_) log::warn("the search index cannot be filled: {}", outcome.error().message);
  if (outcome && is_failing_) log::info("the search index is being filled again");
  is_failing_ = !outcome;
}

}  // namespace parlance::search
