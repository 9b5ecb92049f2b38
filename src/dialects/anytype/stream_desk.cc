#include "dialects/anytype/stream_desk.h"

#include <utility>

#include "base/log.h"
#include "dialects/anytype/chat_stream.h"
#include "dialects/anytype/events.h"
#include "dialects/anytype/snapshots.h"
#include "realtime/broker.h"
#include "storage/read_pool.h"

namespace parlance::anytype {
namespace {

/// Looks that share one transaction.
constexpr std::size_t kBatch = 64;

constexpr std::chrono::milliseconds kWaitAfterFailure{1'000};

}  // namespace

/// One stream's turn.
struct StreamDesk::Look {
  std::weak_ptr<ChatStream> stream;
  StandpointRequest request;
  Standpoint answer;
};

StreamDesk::StreamDesk(api::Services& services, api::LogSource& source, Executor& executor,
                       std::chrono::milliseconds ping_interval)
    : services_(services),
      source_(source),
      executor_(executor),
      hub_(services.broker.hub(executor)),
      tick_(ping_interval / kSlots) {}

void StreamDesk::keep_alive(std::weak_ptr<ChatStream> stream) {
  // The slot that was pinged last comes a whole interval from now.
  slots_[(slot_ + kSlots - 1) % kSlots].push_back(std::move(stream));
  ++pinged_streams_;
  arm();
}

void StreamDesk::arm() {
  if (pinged_streams_ == 0 || std::exchange(is_armed_, true)) return;
  executor_.call_after(tick_, [this] {
    is_armed_ = false;
    ping_slot();
    arm();
  });
}

void StreamDesk::ping_slot() {
  auto& slot = slots_[slot_];
  slot_ = (slot_ + 1) % kSlots;
  pinged_streams_ -= std::erase_if(slot, [](auto const& stream) { return stream.expired(); });
  // A ping may close its stream, never open another.
  for (auto const& weak : slot) {
    if (auto const stream = weak.lock()) stream->ping();
  }
}

void StreamDesk::flush_later(std::weak_ptr<ChatStream> stream) {
  dirty_.push_back(std::move(stream));
  if (dirty_.size() == 1) executor_.post([this] { flush(); });
}

void StreamDesk::flush() {
  for (auto const& weak : std::exchange(dirty_, {})) {
    if (auto const stream = weak.lock()) stream->flush_state();
  }
}

http::SharedBuffer StreamDesk::state_block_of(realtime::StreamPosition position, Viewer const& viewer) {
  StateKey key{position, viewer.position.offset, viewer.newest_offset, viewer.unread};
  if (!last_state_block_ || key != last_state_) {
    last_state_block_ = state_block(position, viewer);
    last_state_ = key;
  }
  return last_state_block_;
}

void StreamDesk::look(std::weak_ptr<ChatStream> stream) {
  waiting_.push_back(std::move(stream));
  if (!is_looking_) look_at_next();
}

/// Callbacks, not a coroutine: what waits when the executor stops is destroyed with the queues that it waits in.
void StreamDesk::look_at_next() {
  auto const batch = std::make_shared<Batch>();
  while (!waiting_.empty() && batch->size() < kBatch) {
    auto weak = std::move(waiting_.front());
    waiting_.pop_front();
    if (auto const stream = weak.lock()) batch->push_back({weak, stream->standpoint_request(), {}});
  }
  is_looking_ = !batch->empty();
  if (!is_looking_) return;
  services_.reads.submit(
      [batch](storage::Transaction& tx) -> Result<void> {
        for (auto& look : *batch) {
          look.answer = TRY(read_standpoint(tx, look.request.caller, look.request.path, look.request.seq));
        }
        return {};
      },
      [this, batch](Result<void> outcome) {
        executor_.post([this, batch, outcome = std::move(outcome)] {
          outcome ? take_answers(*batch) : try_later(*batch, outcome.error());
        });
      });
}

void StreamDesk::take_answers(Batch& batch) {
  for (auto& look : batch) {
    if (auto const stream = look.stream.lock()) stream->take_standpoint(look.request, std::move(look.answer));
  }
  look_at_next();
}

void StreamDesk::try_later(Batch const& batch, Error const& error) {
  log::warn("the state of {} chat streams cannot be read: {}", batch.size(), error.message);
  for (auto const& look : batch) waiting_.push_back(look.stream);
  executor_.call_after(kWaitAfterFailure, [this] { look_at_next(); });
}

StreamDesks::StreamDesks(api::Services& services, std::chrono::milliseconds ping_interval)
    : services_(services), ping_interval_(ping_interval), source_(services.reads) {}

StreamDesk& StreamDesks::of(Executor& executor) {
  return desks_.with([&](auto& desks) -> StreamDesk& {
    for (auto const& desk : desks) {
      if (&desk->executor() == &executor) return *desk;
    }
    desks.push_back(std::make_unique<StreamDesk>(services_, source_, executor, ping_interval_));
    return *desks.back();
  });
}

}  // namespace parlance::anytype
