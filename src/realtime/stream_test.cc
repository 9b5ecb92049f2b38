#include "realtime/stream.h"

#include <gtest/gtest.h>

#include <deque>
#include <optional>
#include <random>
#include <string>
#include <utility>

#include "realtime/testing.h"

namespace parlance::realtime {
namespace {

using namespace std::chrono_literals;

constexpr TenantId kTenant{1};
constexpr ConversationId kRoom{10};
constexpr std::int64_t kEpoch = 77;

model::LiveEvent event(std::int64_t offset, std::int64_t epoch = kEpoch) {
  model::LiveEvent live;
  live.event.tenant = kTenant;
  live.event.conversation = kRoom;
  live.event.offset = offset;
  live.event.epoch = epoch;
  return live;
}

/// A log that answers each read when it is told to, with what it held when it was asked.
struct FakeSource final : EventSource {
  struct Read {
    Done done;
    Result<SourcePage> page;
  };

  void read(TenantId, ConversationId, std::int64_t asked_epoch, std::int64_t after, std::int64_t limit,
            Done done) override {
    ++reads;
    SourcePage page{.events = {}, .last_offset = last, .epoch = epoch};
    page.reset = (asked_epoch != 0 && asked_epoch != epoch) || after < first - 1 || after > last;
    for (auto offset = after + 1; !page.reset && offset <= last && offset <= after + limit; ++offset)
      page.events.push_back(event(offset, epoch));
    waiting.push_back({std::move(done), std::move(page)});
    if (failures > 0 && failures--) waiting.back().page = fail(Errc::unavailable, "disk");
  }

  bool answer() {
    if (waiting.empty()) return false;
    auto read = std::move(waiting.front());
    waiting.pop_front();
    read.done(std::move(read.page));
    return true;
  }

  std::int64_t first = 1;  ///< the oldest event kept
  std::int64_t last = 0;
  std::int64_t epoch = kEpoch;
  int failures = 0;
  int reads = 0;
  std::deque<Read> waiting;
};

struct Recorder final : StreamListener {
  void on_stream_event(Delivery const& delivery) override {
    heard += std::to_string(delivery->event.offset) + " ";
    if (last && delivery->event.offset != *last + 1) is_gapless = false;
    last = delivery->event.offset;
    if (then) then();
  }
  void on_stream_passing(Delivery const&) override { heard += "passing "; }
  void on_stream_signal(SignalDelivery const&) override { heard += "signal "; }
  void on_stream_live() override { heard += "live "; }
  void on_stream_end(StreamEnd end, StreamPosition current) override {
    heard += (end == StreamEnd::reset ? "reset " : "unavailable ") + std::to_string(current.epoch) + ":" +
             std::to_string(current.offset) + " ";
  }

  std::string heard;
  std::optional<std::int64_t> last;
  bool is_gapless = true;
  std::function<void()> then;
};

struct StreamTest : ::testing::Test {
  void open(StreamPosition after, StreamOptions options = {}) {
    stream.emplace(hub, source, kTenant, kRoom, after, recorder, options);
  }

  /// Something is committed and announced.
  void publish(std::int64_t offset) {
    source.last = std::max(source.last, offset);
    announce(offset);
  }
  void announce(std::int64_t offset, std::int64_t epoch = kEpoch) { hub.deliver({Delivery(event(offset, epoch))}); }

  void settle() {
    do {
      executor.run();
    } while (source.answer());
  }

  testing::ManualExecutor executor;
  Hub hub{executor};
  FakeSource source;
  Recorder recorder;
  std::optional<Stream> stream;
};

TEST_F(StreamTest, ReplaysThenGoesLive) {
  source.last = 5;
  open({kEpoch, 2});
  publish(6);
  EXPECT_EQ(recorder.heard, "");
  settle();
  publish(7);
  EXPECT_EQ(recorder.heard, "3 4 5 6 live 7 ");
  EXPECT_EQ(stream->position(), (StreamPosition{kEpoch, 7}));
  EXPECT_TRUE(stream->is_live());
  EXPECT_EQ(source.reads, 1) << "what came live needs no read";
}

TEST_F(StreamTest, ReadsPageAfterPage) {
  source.last = 7;
  open({0, 0}, {.page_limit = 3});
  settle();
  EXPECT_EQ(recorder.heard, "1 2 3 4 5 6 7 live ");
  EXPECT_EQ(source.reads, 3);
  EXPECT_EQ(stream->position().epoch, kEpoch);
}

TEST_F(StreamTest, HealsAGapBeforeItGoesOn) {
  open({kEpoch, 0});
  settle();
  publish(1);
  source.last = 3;
  publish(4);
  publish(5);
  EXPECT_EQ(recorder.heard, "live 1 ");
  settle();
  EXPECT_EQ(recorder.heard, "live 1 2 3 4 5 ");
}

TEST_F(StreamTest, DeliversLateEventsThatCloseTheGapWithoutTheLog) {
  open({kEpoch, 0});
  settle();
  source.last = 2;
  announce(2);
  announce(1);
  EXPECT_EQ(recorder.heard, "live 1 2 ");
  settle();
  EXPECT_EQ(recorder.heard, "live 1 2 ");
}

TEST_F(StreamTest, DropsDuplicates) {
  source.last = 2;
  open({kEpoch, 0});
  announce(1);
  announce(2);
  announce(2);
  settle();
  announce(1);
  announce(2);
  EXPECT_EQ(recorder.heard, "1 2 live ");
}

TEST_F(StreamTest, ResetsWhereThePositionIsTooOldAheadOrOfAnotherEpoch) {
  source.first = 5;
  source.last = 9;
  open({kEpoch, 3});
  settle();
  EXPECT_EQ(recorder.heard, "reset 77:9 ");
  recorder.heard.clear();
  open({kEpoch, 10});
  settle();
  EXPECT_EQ(recorder.heard, "reset 77:9 ");
  recorder.heard.clear();
  open({kEpoch + 1, 6});
  settle();
  publish(10);
  EXPECT_EQ(recorder.heard, "reset 77:9 ") << "and then nothing more";
  EXPECT_EQ(hub.size(), 0U);
}

TEST_F(StreamTest, ResetsWhereTheEpochChangesUnderIt) {
  source.last = 3;
  open({kEpoch, 3});
  settle();
  source.epoch = 78;
  source.last = 1;
  announce(1, 78);
  settle();
  EXPECT_EQ(recorder.heard, "live reset 78:1 ");
}

TEST_F(StreamTest, AdoptsTheCurrentEpochWhereItWasGivenNone) {
  source.epoch = 78;
  source.last = 3;
  open({0, 2});
  announce(9, kEpoch);
  settle();
  EXPECT_EQ(recorder.heard, "3 live ");
}

TEST_F(StreamTest, TriesAFailingLogAgainWithGrowingWaits) {
  source.last = 1;
  source.failures = 3;
  open({kEpoch, 0}, {.first_wait = 100ms});
  settle();
  executor.advance(100ms);
  settle();
  executor.advance(200ms);
  settle();
  EXPECT_EQ(recorder.heard, "");
  executor.advance(400ms);
  settle();
  EXPECT_EQ(recorder.heard, "1 live ");
}

TEST_F(StreamTest, EndsWhereTheLogStaysAway) {
  source.last = 1;
  source.failures = 100;
  open({kEpoch, 0}, {.read_attempts = 3});
  for (int turn = 0; turn < 10; ++turn) {
    settle();
    executor.advance(5s);
  }
  EXPECT_EQ(recorder.heard, "unavailable 77:0 ");
}

TEST_F(StreamTest, KeepsLittleWhilePausedAndReadsTheRestLater) {
  open({kEpoch, 0}, {.pending_limit = 4});
  settle();
  stream->pause();
  for (int offset = 1; offset <= 20; ++offset) publish(offset);
  settle();
  EXPECT_EQ(recorder.heard, "live ");
  EXPECT_FALSE(stream->is_live());
  stream->resume();
  EXPECT_EQ(recorder.heard, "live 1 2 3 4 ");
  settle();
  EXPECT_EQ(recorder.heard, "live 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 ");
}

TEST_F(StreamTest, MayBePausedAndDestroyedInsideACall) {
  source.last = 5;
  open({kEpoch, 0});
  recorder.then = [this] {
    if (recorder.last == 2) stream->pause();
    if (recorder.last == 4) stream.reset();
  };
  settle();
  EXPECT_EQ(recorder.heard, "1 2 ");
  stream->resume();
  settle();
  EXPECT_EQ(recorder.heard, "1 2 3 4 ");
}

TEST_F(StreamTest, LooksAtTheLogWhenInDoubt) {
  open({kEpoch, 0});
  settle();
  source.last = 2;
  hub.doubt();
  settle();
  EXPECT_EQ(recorder.heard, "live 1 2 ");
}

TEST_F(StreamTest, PassesOnWhatHasNoOffset) {
  open({kEpoch, 0});
  announce(0);
  Signal signal;
  signal.tenant = kTenant;
  signal.conversations = {kRoom};
  hub.deliver(SignalDelivery(signal));
  EXPECT_EQ(recorder.heard, "passing signal ");
}

/// Everything at random: commits, lost, repeated and swapped announcements, slow and failing reads, pauses.
class StreamChaos : public StreamTest, public ::testing::WithParamInterface<int> {
 protected:
  void step(std::mt19937& random) {
    switch (random() % 12) {
      case 0:
      case 1:
      case 2: return publish(source.last + 1);
      case 3: ++source.last; return;
      case 4:
        if (source.last > 0) announce(1 + static_cast<std::int64_t>(random() % source.last));
        return;
      case 5:
        source.last += 2;
        announce(source.last);
        return announce(source.last - 1);
      case 6: executor.run_one(); return;
      case 7: return executor.run();
      case 8: source.answer(); return;
      case 9: return random() % 2 ? stream->pause() : stream->resume();
      case 10: source.failures = static_cast<int>(random() % 2); return;
      default: return executor.advance(std::chrono::milliseconds(random() % 500));
    }
  }
};

TEST_P(StreamChaos, DeliversEveryOffsetOnceInOrder) {
  std::mt19937 random(static_cast<unsigned>(GetParam()));
  source.last = static_cast<std::int64_t>(random() % 20);
  auto const after = static_cast<std::int64_t>(random() % (source.last + 1));
  recorder.last = after;
  open({random() % 2 ? kEpoch : 0, after}, {.page_limit = 1 + static_cast<std::int64_t>(random() % 5),
                                            .pending_limit = 1 + random() % 8,
                                            .read_attempts = 1000});
  for (int turn = 0; turn < 400; ++turn) step(random);
  source.failures = 0;
  stream->resume();
  publish(source.last + 1);
  for (int turn = 0; turn < 20; ++turn) {
    settle();
    executor.advance(6s);
  }
  EXPECT_TRUE(recorder.is_gapless) << recorder.heard;
  EXPECT_EQ(recorder.last, source.last);
  EXPECT_TRUE(stream->is_live());
  EXPECT_EQ(recorder.heard.find("reset"), std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(Seeds, StreamChaos, ::testing::Range(0, 300));

}  // namespace
}  // namespace parlance::realtime
