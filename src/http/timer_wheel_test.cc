#include "http/timer_wheel.h"

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <vector>

namespace parlance::http {
namespace {

using std::chrono::milliseconds;

struct Probe : TimerWheel::Timer {
  int fired = 0;
  std::function<void()> action;

  void on_timer() override {
    ++fired;
    if (action) action();
  }
};

TEST(TimerWheel, NeverFiresEarlyAndSoonAfter) {
  for (int delay = 0; delay < 1200; delay += 37) {
    TimerWheel wheel;
    Probe probe;
    wheel.arm(probe, milliseconds(delay));
    int ticks = 0;
    while (probe.fired == 0) {
      wheel.advance(1);
      ++ticks;
    }
    // The first tick may come at once after arming, so its 100 ms do not count.
    EXPECT_GE((ticks - 1) * 100, delay);
    EXPECT_LE((ticks - 2) * 100, delay);
  }
}

TEST(TimerWheel, TakesDelaysLongerThanARound) {
  TimerWheel wheel;
  Probe probe;
  wheel.arm(probe, milliseconds(120'000));
  wheel.advance(1'200);
  EXPECT_EQ(probe.fired, 0);
  wheel.advance(1);
  EXPECT_EQ(probe.fired, 1);
  EXPECT_EQ(wheel.size(), 0U);
}

TEST(TimerWheel, ReplacesAndCancels) {
  TimerWheel wheel;
  Probe probe;
  wheel.arm(probe, milliseconds(100));
  wheel.arm(probe, milliseconds(500));
  EXPECT_EQ(wheel.size(), 1U);
  wheel.advance(3);
  EXPECT_EQ(probe.fired, 0);
  wheel.cancel(probe);
  EXPECT_FALSE(probe.is_armed());
  wheel.advance(600);
  EXPECT_EQ(probe.fired, 0);
}

TEST(TimerWheel, LetsTimersTouchEachOtherWhileFiring) {
  TimerWheel wheel;
  Probe first;
  auto second = std::make_unique<Probe>();
  Probe third;
  wheel.arm(first, milliseconds(0));
  wheel.arm(*second, milliseconds(0));
  wheel.arm(third, milliseconds(0));
  first.action = [&] {
    second.reset();
    wheel.cancel(third);
    if (first.fired < 3) wheel.arm(first, milliseconds(0));
  };
  wheel.advance(10);
  EXPECT_EQ(first.fired, 3);
  EXPECT_EQ(third.fired, 0);
  EXPECT_EQ(wheel.size(), 0U);
}

TEST(TimerWheel, MayDieBeforeItsTimers) {
  Probe probe;
  {
    TimerWheel wheel;
    wheel.arm(probe, milliseconds(100));
  }
  EXPECT_FALSE(probe.is_armed());
}

}  // namespace
}  // namespace parlance::http
