#pragma once

#include <array>
#include <chrono>
#include <cstdint>

namespace parlance::http {

/// All timeouts of one thread: arming and cancelling are a few pointer writes, however many timers there are. Times are
/// rounded up to whole ticks of 100 ms, and a timer never fires early. Not shared between threads.
class TimerWheel {
 public:
  static constexpr std::chrono::milliseconds kTick{100};

  /// Something with a deadline; embed it or derive from it. Destroying it cancels it.
  class Timer {
   public:
    Timer() = default;
    Timer(Timer const&) = delete;
    Timer& operator=(Timer const&) = delete;
    virtual ~Timer() { unlink(); }

    bool is_armed() const { return next_ != nullptr; }

   protected:
    /// The timer is no longer armed; it may arm itself again, cancel others or destroy itself.
    virtual void on_timer() = 0;

   private:
    friend class TimerWheel;
    void unlink();

    Timer* previous_ = nullptr;
    Timer* next_ = nullptr;
    TimerWheel* wheel_ = nullptr;
    std::int64_t due_ = 0;  // in ticks
  };

  TimerWheel();
  /// Every timer that is still armed is left unarmed.
  ~TimerWheel();
  TimerWheel(TimerWheel const&) = delete;
  TimerWheel& operator=(TimerWheel const&) = delete;

  /// Fires `timer` once after `delay`, in place of what it was armed for.
  void arm(Timer& timer, std::chrono::milliseconds delay);
  void cancel(Timer& timer) { timer.unlink(); }

  /// Moves on by `ticks` and fires what is due.
  void advance(std::int64_t ticks);

  std::size_t size() const { return size_; }

 private:
  class Head final : public Timer {
    void on_timer() override {}
  };
  static constexpr std::size_t kSlots = 512;

  static void make_ring(Timer& head);
  static void append(Timer& head, Timer& timer);
  void fire_slot(Timer& head);

  std::array<Head, kSlots> slots_;
  std::int64_t now_ = 0;
  std::size_t size_ = 0;
};

}  // namespace parlance::http
