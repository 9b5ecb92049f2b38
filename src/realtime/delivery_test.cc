#include "realtime/delivery.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

namespace parlance::realtime {
namespace {

TEST(BroadcastForm, IsEncodedOnceHoweverManyThreadsAsk) {
  Delivery const delivery(model::LiveEvent{});
  std::atomic<int> encoded = 0;
  std::vector<std::shared_ptr<std::string const>> texts(8);
  {
    std::vector<std::jthread> threads;
    for (auto& text : texts)
      threads.emplace_back([&, copy = delivery] {
        text = copy.form({1, 2}, [&] {
          ++encoded;
          return std::string("frame");
        });
      });
  }
  EXPECT_EQ(encoded, 1);
  for (auto const& text : texts) EXPECT_EQ(text, texts.front());
  EXPECT_EQ(*texts.front(), "frame");
}

TEST(BroadcastForm, MayBeMadeOfAnotherForm) {
  Delivery const delivery(model::LiveEvent{});
  auto const json = [] { return std::string("{}"); };
  auto const frame = delivery.form({1, 1}, [&] { return "[" + *delivery.form({1, 0}, json) + "]"; });
  EXPECT_EQ(*frame, "[{}]");
  EXPECT_EQ(*delivery.form({1, 0}, json), "{}");
  EXPECT_EQ(*delivery.form({2, 0}, [] { return std::string("other"); }), "other");
}

}  // namespace
}  // namespace parlance::realtime
