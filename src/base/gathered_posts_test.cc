#include "base/gathered_posts.h"

#include <gtest/gtest.h>

#include <string>

namespace parlance {
namespace {

/// Writes down what reaches it, one line to a wake-up.
class Listed final : public Executor {
 public:
  explicit Listed(std::string& log) : log_(log) {}

  void post(Action action) override {
    if (GatheredPosts::take(*this, action)) return;
    action();
    log_ += '\n';
  }

  void post_all(std::vector<Action> actions) override {
    for (auto& action : actions) action();
    log_ += '\n';
  }

  void call_after(std::chrono::milliseconds, Action) override {}
  bool is_current() const override { return false; }

 private:
  std::string& log_;
};

TEST(GatheredPosts, WakesEachExecutorOnceInTheOrderOfItsPosts) {
  std::string log;
  Listed first(log);
  Listed second(log);
  auto const say = [&](std::string word) { return [&log, word] { log += word; }; };
  {
    GatheredPosts const posts;
    first.post(say("a"));
    second.post(say("b"));
    first.post(say("c"));
    EXPECT_EQ(log, "");
  }
  EXPECT_EQ(log, "ac\nb\n");
  first.post(say("d"));
  EXPECT_EQ(log, "ac\nb\nd\n");
}

}  // namespace
}  // namespace parlance
