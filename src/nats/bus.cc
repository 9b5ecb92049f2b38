#include "nats/bus.h"

#include <algorithm>
#include <atomic>
#include <deque>
#include <thread>
#include <utility>

#include "base/crypto.h"
#include "base/guarded.h"
#include "base/log.h"
#include "base/thread.h"
#include "nats/frame.h"
#include "nats/link.h"

namespace parlance::nats {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

class NatsBus final : public realtime::Bus {
 public:
  explicit NatsBus(BusOptions options) : options_(std::move(options)) {}
  NatsBus(NatsBus const&) = delete;
  NatsBus& operator=(NatsBus const&) = delete;
  ~NatsBus() override { stop(); }

  std::string const& node() const override { return node_; }
  Result<void> start(realtime::BusReceiver& receiver) override;
  void stop() override;
  void publish(std::vector<model::LiveEvent> const& events) override;
  void send(realtime::Signal const& signal) override;
  void tell(realtime::Note const& note) override;
  realtime::BusState state() const override;

 private:
  struct Queue {
    std::deque<std::string> frames;
    std::size_t bytes = 0;
    bool is_connected = false;
    bool has_lost = false;    ///< the others are to be told that something of ours is missing
    bool must_doubt = false;  ///< something of theirs may be
    bool is_stopping = false;
  };
  struct Counts {
    std::atomic<std::uint64_t> sent = 0;
    std::atomic<std::uint64_t> received = 0;
    std::atomic<std::uint64_t> dropped = 0;
    std::atomic<std::uint64_t> misread = 0;
    std::atomic<std::uint64_t> losses = 0;
  };

  void enqueue(std::vector<std::string> frames);
  void run();
  void serve(Link& link);
  bool wait_for_work();
  bool send_queued(Link& link);
  void doubt_if_due();
  void rest(milliseconds wait);
  void take(std::string_view bytes);
  void note_loss();
  void close();
  bool is_stopping() const {
    return queue_.with([](Queue const& queue) { return queue.is_stopping; });
  }

  BusOptions const options_;
  std::string const node_ = random_uuid();
  std::atomic<std::size_t> frame_bytes_ = kFrameBytes;
  realtime::BusReceiver* receiver_ = nullptr;
  Guarded<Queue> queue_;
  Counts counts_;
  Clock::time_point last_doubt_;
  std::thread thread_;
};

Result<void> NatsBus::start(realtime::BusReceiver& receiver) {
  receiver_ = &receiver;
  thread_ = std::thread([this] {
    name_thread("bus");
    run();
  });
  bool const is_connected = queue_.wait_for(
      options_.first_patience, [](Queue const& queue) { return queue.is_connected; },
      [](Queue const& queue) { return queue.is_connected; });
  if (!is_connected) log::warn("the bus cannot be reached yet; other nodes are heard of by way of the database");
  return {};
}

void NatsBus::stop() {
  queue_.with([](Queue& queue) { queue.is_stopping = true; });
  queue_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void NatsBus::publish(std::vector<model::LiveEvent> const& events) {
  enqueue(event_frames(node_, events, frame_bytes_));
}

void NatsBus::send(realtime::Signal const& signal) { enqueue(signal_frames(node_, signal, frame_bytes_)); }

void NatsBus::tell(realtime::Note const& note) {
  auto frame = note_frame(note);
  if (frame.empty()) {
    log::error("a note to other nodes is too long: {} bytes for {}", note.body.size(), note.topic);
    ++counts_.dropped;
    return;
  }
  std::vector<std::string> frames;
  frames.push_back(std::move(frame));
  enqueue(std::move(frames));
}

realtime::BusState NatsBus::state() const {
  realtime::BusState state{.is_shared = true};
  queue_.with([&](Queue const& queue) {
    state.is_connected = queue.is_connected;
    state.queued_bytes = queue.bytes;
  });
  state.sent = counts_.sent;
  state.received = counts_.received;
  state.dropped = counts_.dropped;
  state.misread = counts_.misread;
  state.losses = counts_.losses;
  return state;
}

void NatsBus::enqueue(std::vector<std::string> frames) {
  queue_.with([&](Queue& queue) {
    for (auto& frame : frames) {
      if (!queue.is_connected || queue.bytes + frame.size() > options_.queue_bytes) {
        queue.has_lost = true;
        ++counts_.dropped;
        continue;
      }
      queue.bytes += frame.size();
      queue.frames.push_back(std::move(frame));
    }
  });
  queue_.notify_one();
}

void NatsBus::run() {
  auto wait = options_.first_wait;
  bool has_complained = false;
  LinkHandlers const handlers{[this](std::string_view bytes) { take(bytes); }, [this] { note_loss(); },
                              [this] { close(); }};
  while (!is_stopping()) {
    auto link = Link::connect(options_.address, "parlance " + node_, "parlance." + options_.installation, handlers);
    if (link) {
      log::info("the bus is connected");
      has_complained = false;
      wait = options_.first_wait;
      frame_bytes_ = std::min(kFrameBytes, (*link)->max_bytes() / 2);
      serve(**link);
      if (is_stopping()) (*link)->flush();
      close();
      continue;
    }
    if (!std::exchange(has_complained, true)) log::warn("the bus is not connected: {}", link.error().message);
    rest(wait);
    wait = std::min(wait * 2, options_.longest_wait);
  }
}

/// Until the connection ends or the bus is stopped.
void NatsBus::serve(Link& link) {
  // Both sides may have missed what was said before.
  queue_.with([](Queue& queue) { queue.is_connected = queue.has_lost = queue.must_doubt = true; });
  queue_.notify_all();
  while (wait_for_work()) {
    doubt_if_due();
    if (!send_queued(link)) return;
  }
}

/// False where there is to be no more.
bool NatsBus::wait_for_work() {
  // A doubt that has to wait for its time is looked at now and then.
  return queue_.wait_for(
      options_.loss_interval,
      [](Queue const& queue) {
        return queue.is_stopping || !queue.is_connected || queue.has_lost || !queue.frames.empty();
      },
      [](Queue const& queue) { return queue.is_connected && (!queue.is_stopping || !queue.frames.empty()); });
}

void NatsBus::doubt_if_due() {
  if (Clock::now() - last_doubt_ < options_.loss_interval) return;
  bool const must_doubt = queue_.with([](Queue& queue) { return std::exchange(queue.must_doubt, false); });
  if (!must_doubt) return;
  last_doubt_ = Clock::now();
  ++counts_.losses;
  receiver_->on_remote_loss();
}

/// Everything that waits. False where it could not be sent.
bool NatsBus::send_queued(Link& link) {
  std::deque<std::string> frames;
  bool const has_lost = queue_.with([&](Queue& queue) {
    frames = std::exchange(queue.frames, {});
    queue.bytes = 0;
    return std::exchange(queue.has_lost, false);
  });
  if (has_lost) frames.push_front(loss_frame(node_));
  for (auto const& frame : frames) {
    if (frame.size() > link.max_bytes()) {
      ++counts_.dropped;
      continue;
    }
    if (auto const sent = link.publish(frame); !sent) {
      log::warn("the bus did not take a message: {}", sent.error().message);
      ++counts_.dropped;
      queue_.with([](Queue& queue) { queue.has_lost = true; });
      return false;
    }
    ++counts_.sent;
  }
  return true;
}

void NatsBus::rest(milliseconds wait) {
  queue_.wait_for(wait, [](Queue const& queue) { return queue.is_stopping; }, [](Queue const&) {});
}

void NatsBus::take(std::string_view bytes) {
  auto frame = decode_frame(bytes);
  if (!frame) {
    ++counts_.misread;
    return;
  }
  if (frame->node == node_) return;
  ++counts_.received;
  counts_.misread += frame->unknown;
  switch (frame->kind) {
    case FrameKind::events:
      if (!frame->events.empty()) receiver_->on_remote_events(std::move(frame->events));
      if (!frame->moves.empty()) receiver_->on_remote_moves(std::move(frame->moves));
      return;
    case FrameKind::signal: return receiver_->on_remote_signal(std::move(frame->signal));
    case FrameKind::note:
      if (frame->note.to.empty() || frame->note.to == node_) receiver_->on_remote_note(frame->note);
      return;
    case FrameKind::loss: return note_loss();
  }
}

void NatsBus::note_loss() {
  queue_.with([](Queue& queue) { queue.must_doubt = true; });
  queue_.notify_all();
}

void NatsBus::close() {
  bool const was_connected = queue_.with([](Queue& queue) {
    queue.frames.clear();
    queue.bytes = 0;
    return std::exchange(queue.is_connected, false) && !queue.is_stopping;
  });
  queue_.notify_all();
  if (was_connected) log::warn("the bus has lost its connection");
}

}  // namespace

std::unique_ptr<realtime::Bus> make_bus(BusOptions options) { return std::make_unique<NatsBus>(std::move(options)); }

}  // namespace parlance::nats
