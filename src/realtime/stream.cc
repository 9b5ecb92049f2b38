#include "realtime/stream.h"

#include <algorithm>
#include <map>
#include <utility>

namespace parlance::realtime {

class Stream::Core final : public Subscriber, public std::enable_shared_from_this<Core> {
 public:
  Core(Hub& hub, EventSource& source, TenantId tenant, ConversationId conversation, StreamPosition after,
       StreamListener& listener, StreamOptions options)
      : hub_(hub),
        source_(source),
        tenant_(tenant),
        conversation_(conversation),
        listener_(listener),
        options_(options),
        position_(after) {}

  void start() {
    subscription_ = hub_.subscribe(tenant_, conversation_, *this);
    advance();
  }

  void close() {
    has_ended_ = true;
    subscription_.cancel();
    pending_.clear();
  }

  void pause() { is_paused_ = true; }
  void resume() {
    is_paused_ = false;
    advance();
  }

  StreamPosition position() const { return position_; }
  bool is_live() const { return !has_ended_ && is_checked_ && !needs_read() && !is_reading_ && pending_.empty(); }

  void on_event(Delivery const& delivery) override;
  void on_signal(SignalDelivery const& signal) override;
  void on_doubt() override;

 private:
  using Pending = std::map<std::int64_t, Delivery>;

  bool needs_read() const { return must_read_ || position_.offset < known_offset_; }
  void keep(Delivery const& delivery);
  void advance();
  void deliver_pending();
  void read();
  void on_page(std::int64_t after, Result<SourcePage> page);
  void take_page(std::int64_t after, SourcePage page);
  void adopt_epoch(SourcePage const& page);
  void try_later();
  void end(StreamEnd how, StreamPosition current);

  Hub& hub_;
  EventSource& source_;
  TenantId const tenant_;
  ConversationId const conversation_;
  StreamListener& listener_;
  StreamOptions const options_;
  Subscription subscription_;

  StreamPosition position_;
  std::int64_t known_offset_ = 0;  ///< the newest event that is known to exist
  Pending pending_;                ///< by offset, all above the position
  int failures_ = 0;               ///< of reads, in a row

  bool must_read_ = true;    ///< the log may hold more than is known
  bool is_reading_ = false;  ///< or waiting to read again
  bool is_checked_ = false;  ///< the log has confirmed the position that the stream was opened at
  bool is_paused_ = false;
  bool is_advancing_ = false;
  bool was_live_ = false;
  bool has_ended_ = false;
};

void Stream::Core::on_event(Delivery const& delivery) {
  auto const self = shared_from_this();
  auto const& event = delivery->event;
  if (event.offset == 0) return listener_.on_stream_passing(delivery);
  if (position_.epoch != 0 && event.epoch != position_.epoch) {
    must_read_ = true;
  } else if (event.offset > position_.offset) {
    keep(delivery);
  }
  advance();
}

void Stream::Core::on_signal(SignalDelivery const& signal) {
  auto const self = shared_from_this();
  listener_.on_stream_signal(signal);
}

void Stream::Core::on_doubt() {
  auto const self = shared_from_this();
  must_read_ = true;
  advance();
}

void Stream::Core::keep(Delivery const& delivery) {
  auto const offset = delivery->event.offset;
  known_offset_ = std::max(known_offset_, offset);
  // Where there is no room the log has it. The next in line is always kept: it leaves at once unless paused.
  if (pending_.size() < options_.pending_limit || offset == position_.offset + 1)
    pending_.try_emplace(offset, delivery);
}

void Stream::Core::advance() {
  if (is_advancing_ || has_ended_) return;
  is_advancing_ = true;
  if (is_checked_) deliver_pending();
  is_advancing_ = false;
  if (has_ended_ || is_paused_ || is_reading_) return;
  if (needs_read()) return read();
  if (!std::exchange(was_live_, true)) listener_.on_stream_live();
}

void Stream::Core::deliver_pending() {
  while (!has_ended_ && !is_paused_ && !pending_.empty()) {
    auto const next = pending_.begin();
    if (next->first > position_.offset + 1) return;
    auto const delivery = std::move(next->second);
    pending_.erase(next);
    position_.offset = delivery->event.offset;
    listener_.on_stream_event(delivery);
  }
}

void Stream::Core::read() {
  is_reading_ = true;
  must_read_ = false;
  source_.read(
      tenant_, conversation_, position_.epoch, position_.offset, options_.page_limit,
      [weak = weak_from_this(), &executor = hub_.executor(), after = position_.offset](Result<SourcePage> page) {
        executor.post([weak, after, page = std::move(page)]() mutable {
          if (auto const core = weak.lock()) core->on_page(after, std::move(page));
        });
      });
}

void Stream::Core::on_page(std::int64_t after, Result<SourcePage> page) {
  if (has_ended_) return;
  is_reading_ = false;
  if (!page) return try_later();
  take_page(after, *std::move(page));
}

void Stream::Core::take_page(std::int64_t after, SourcePage page) {
  auto const is_foreign = position_.epoch != 0 && page.epoch != position_.epoch;
  if (page.reset || is_foreign) {
    // Live events may have moved the position while an older one was read.
    if (!is_foreign && after != position_.offset) {
      must_read_ = true;
      return advance();
    }
    return end(StreamEnd::reset, {page.epoch, page.last_offset});
  }
  adopt_epoch(page);
  known_offset_ = std::max(known_offset_, page.last_offset);
  auto expected = after;
  for (auto& live : page.events) {
    if (live.event.offset != ++expected) break;
    if (expected > position_.offset && !pending_.contains(expected))
      pending_.try_emplace(expected, Delivery(std::move(live)));
  }
  auto const has_progressed = after != position_.offset || pending_.contains(after + 1);
  if (!has_progressed && after < page.last_offset) return end(StreamEnd::reset, {page.epoch, page.last_offset});
  if (!has_progressed && after < known_offset_) return try_later();
  failures_ = 0;
  advance();
}

void Stream::Core::adopt_epoch(SourcePage const& page) {
  if (!std::exchange(is_checked_, true) && position_.epoch == 0) {
    auto const is_foreign = [&](auto const& entry) { return entry.second->event.epoch != page.epoch; };
    if (std::ranges::any_of(pending_, is_foreign)) {
      pending_.clear();
      known_offset_ = 0;
      must_read_ = true;
    }
  }
  position_.epoch = page.epoch;
}

void Stream::Core::try_later() {
  must_read_ = true;
  if (++failures_ >= options_.read_attempts) return end(StreamEnd::unavailable, position_);
  is_reading_ = true;
  auto const wait = std::min<std::chrono::milliseconds>(options_.first_wait * (1 << std::min(failures_ - 1, 10)),
                                                        std::chrono::seconds(5));
  hub_.executor().call_after(wait, [weak = weak_from_this()] {
    auto const core = weak.lock();
    if (!core || core->has_ended_) return;
    core->is_reading_ = false;
    core->advance();
  });
}

void Stream::Core::end(StreamEnd how, StreamPosition current) {
  close();
  listener_.on_stream_end(how, current);
}

Stream::Stream(Hub& hub, EventSource& source, TenantId tenant, ConversationId conversation, StreamPosition after,
               StreamListener& listener, StreamOptions options)
    : core_(std::make_shared<Core>(hub, source, tenant, conversation, after, listener, options)) {
  core_->start();
}

Stream::Stream(Stream&&) noexcept = default;

Stream& Stream::operator=(Stream&& other) noexcept {
  std::swap(core_, other.core_);
  if (auto const old = std::exchange(other.core_, nullptr)) old->close();
  return *this;
}

Stream::~Stream() {
  if (core_) core_->close();
}

void Stream::pause() { core_->pause(); }

void Stream::resume() {
  auto const core = core_;  // The listener may destroy the stream meanwhile.
  core->resume();
}

StreamPosition Stream::position() const { return core_->position(); }
bool Stream::is_live() const { return core_->is_live(); }

}  // namespace parlance::realtime
