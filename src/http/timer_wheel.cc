#include "http/timer_wheel.h"

#include <algorithm>

namespace parlance::http {

void TimerWheel::Timer::unlink() {
  if (next_ == nullptr) return;
  previous_->next_ = next_;
  next_->previous_ = previous_;
  previous_ = next_ = nullptr;
  if (wheel_ != nullptr) --wheel_->size_;
  wheel_ = nullptr;
}

TimerWheel::TimerWheel() {
  for (auto& head : slots_) make_ring(head);
}

TimerWheel::~TimerWheel() {
  for (auto& head : slots_) {
    while (head.next_ != &head) head.next_->unlink();
  }
}

void TimerWheel::make_ring(Timer& head) { head.previous_ = head.next_ = &head; }

void TimerWheel::append(Timer& head, Timer& timer) {
  timer.previous_ = head.previous_;
  timer.next_ = &head;
  head.previous_->next_ = &timer;
  head.previous_ = &timer;
}

void TimerWheel::arm(Timer& timer, std::chrono::milliseconds delay) {
  timer.unlink();
  // One tick more: the current one has partly gone by.
  auto const ticks = (std::max(delay, std::chrono::milliseconds(0)) + kTick - std::chrono::milliseconds(1)) / kTick + 1;
  timer.due_ = now_ + ticks;
  timer.wheel_ = this;
  append(slots_[static_cast<std::size_t>(timer.due_) % kSlots], timer);
  ++size_;
}

void TimerWheel::fire_slot(Timer& head) {
  // What is due moves to a ring of its own first, since timers may arm and cancel each other while they fire.
  Head due;
  make_ring(due);
  for (Timer* timer = head.next_; timer != &head;) {
    Timer* const following = timer->next_;
    if (timer->due_ <= now_) {
      auto* const wheel = timer->wheel_;
      timer->wheel_ = nullptr;
      timer->unlink();
      timer->wheel_ = wheel;
      append(due, *timer);
    }
    timer = following;
  }
  while (due.next_ != &due) {
    Timer* const timer = due.next_;
    timer->unlink();
    timer->on_timer();
  }
}

void TimerWheel::advance(std::int64_t ticks) {
  for (; ticks > 0; --ticks) {
    ++now_;
    fire_slot(slots_[static_cast<std::size_t>(now_) % kSlots]);
  }
}

}  // namespace parlance::http
