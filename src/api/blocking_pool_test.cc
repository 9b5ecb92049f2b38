#include "api/blocking_pool.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <latch>

namespace parlance::api {
namespace {

TEST(BlockingPool, RunsWhatIsQueuedBeforeItStops) {
  std::atomic<int> done = 0;
  {
    BlockingPool pool({.threads = 2, .queue_cap = 100});
    for (int i = 0; i < 50; ++i) EXPECT_TRUE(pool.submit([&] { ++done; }));
  }
  EXPECT_EQ(done, 50);
}

TEST(BlockingPool, RefusesWhatItHasNoRoomFor) {
  BlockingPool pool({.threads = 1, .queue_cap = 2});
  std::latch begun(1);
  std::promise<void> gate;
  EXPECT_TRUE(pool.submit([&, open = gate.get_future().share()] {
    begun.count_down();
    open.wait();
  }));
  begun.wait();
  EXPECT_TRUE(pool.submit([] {}));
  EXPECT_TRUE(pool.submit([] {}));
  EXPECT_FALSE(pool.submit([] {}));
  gate.set_value();
  pool.stop();
  EXPECT_FALSE(pool.submit([] {}));
}

}  // namespace
}  // namespace parlance::api
