#include "jobs/log_watch.h"

#include <algorithm>

#include "base/log.h"
#include "base/thread.h"
#include "core/moves.h"

namespace parlance::jobs {
namespace {

constexpr std::int64_t kMostMoves = 100'000;

}  // namespace

LogWatch::LogWatch(storage::ReadPool& reads, realtime::Broker& broker, LogWatchOptions options)
    : reads_(reads), broker_(broker), options_(options) {
  broker.on_event([this](model::LiveEvent const& live) {
    if (live.event.offset > 0) note({live.event.tenant, live.event.conversation}, live.event.offset);
  });
}

LogWatch::~LogWatch() { stop(); }

void LogWatch::start() {
  thread_ = std::jthread([this] {
    name_thread("log watch");
    run();
  });
}

void LogWatch::stop() {
  bell_.close();
  if (thread_.joinable()) thread_.join();
}

void LogWatch::note(Place place, std::int64_t offset) {
  announced_.with([&](Announced& announced) {
    auto const time = Clock::now();
    // Twice what a row can be looked at.
    if (time - announced.turned_at > 2 * (options_.slack + options_.interval)) {
      announced.old = std::exchange(announced.young, {});
      announced.turned_at = time;
    }
    auto& newest = announced.young[place];
    newest = std::max(newest, offset);
  });
}

void LogWatch::drop_announced(std::vector<realtime::Moved>& moves) {
  announced_.with([&](Announced const& announced) {
    std::erase_if(moves, [&](realtime::Moved const& move) {
      Place const place{move.tenant, move.conversation};
      return std::ranges::any_of(std::initializer_list<Offsets const*>{&announced.young, &announced.old},
                                 [&](Offsets const* offsets) {
                                   auto const found = offsets->find(place);
                                   return found != offsets->end() && found->second >= move.offset;
                                 });
    });
  });
}

void LogWatch::run() {
  while (!bell_.is_closed()) {
    if (auto const done = look(); !done) log::warn("the log could not be looked at: {}", done.error().message);
    auto const interval = broker_.bus_state().is_connected ? options_.interval : options_.interval_alone;
    if (bell_.rest_for(interval)) return;
  }
}

/// Where to look from: what was the end of the log a while ago. What was there at the first look is not news.
std::int64_t LogWatch::first_row(std::int64_t newest) {
  auto const time = Clock::now();
  rows_.emplace_back(time, newest);
  while (rows_.size() > 1 && time - rows_[1].first >= options_.slack) rows_.pop_front();
  return rows_.front().second;
}

Result<void> LogWatch::look() {
  std::vector<realtime::Moved> moves;
  TRY(reads_.run([&](storage::Transaction& tx) -> Result<void> {
    auto const row = first_row(TRY(core::newest_event_row(tx)));
    for (auto const& move : TRY(core::list_moves(tx, row, kMostMoves)))
      moves.push_back({move.tenant, move.conversation, move.subject, move.offset});
    return {};
  }));
  bool const is_complete = moves.size() < static_cast<std::size_t>(kMostMoves);
  drop_announced(moves);
  if (moves.empty()) return {};
  // They may still be on their way.
  if (bell_.rest_for(options_.patience)) return {};
  drop_announced(moves);
  for (auto const& move : moves) note({move.tenant, move.conversation}, move.offset);
  if (!moves.empty()) log::debug("{} conversations have moved without a word", moves.size());
  broker_.point_out(std::move(moves));
  if (!is_complete) broker_.doubt();
  return {};
}

}  // namespace parlance::jobs
