#include "dialects/chatapi/room_feeds.h"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <map>
#include <optional>
#include <stdexcept>
#include <thread>

#include "core/conversations.h"
#include "core/members.h"
#include "core/messages.h"
#include "core/tenants.h"
#include "core/users.h"
#include "realtime/broker.h"
#include "realtime/testing.h"
#include "storage/testing.h"
#include "storage/write_lane.h"

namespace parlance::chatapi {
namespace {

/// Keeps what it is sent as "a:3" words: a room, by order of appearance, and a seq; "a-3" for a deletion.
class RecordingSocket final : public http::WebSocket {
 public:
  explicit RecordingSocket(Executor& executor) : executor_(executor) {}

  bool send(http::SharedBuffer frame) override {
    auto const json = boost::json::parse(frame->substr(frame->find('{')));
    auto const& object = json.as_object();
    auto const [place, is_new] =
        letters_.emplace(std::string(object.at("room_id").as_string()), static_cast<char>('a' + letters_.size()));
    sent += std::string(1, place->second) + (object.at("type") == "message.deleted" ? '-' : ':');
    sent += std::to_string(object.at("seq").as_int64()) + " ";
    return true;
  }
  bool send_text(std::string_view) override { return true; }
  bool send_binary(std::string_view) override { return true; }
  bool send_ping(std::string_view) override { return true; }
  void close(std::uint16_t, std::string_view, http::CloseReason) override {}
  void set_on_message(std::function<Task<void>(std::string, bool)>) override {}
  void set_on_close(std::function<void(std::uint16_t, std::string, http::CloseReason)>) override {}
  void set_on_pong(std::function<void(std::string_view)>) override {}
  void set_on_shutdown(std::function<void()>) override {}
  Executor& executor() const override { return executor_; }
  bool is_open() const override { return true; }
  std::size_t queued_bytes() const override { return queued; }
  void set_queue_limit(std::size_t) override {}
  void set_liveness(std::chrono::milliseconds, std::chrono::milliseconds) override {}

  std::string sent;
  std::size_t queued = 0;

 private:
  Executor& executor_;
  std::map<std::string, char> letters_;
};

struct Listener final : realtime::Subscriber {
  void on_event(realtime::Delivery const& delivery) override { feeds->on_event(delivery); }
  void on_signal(realtime::SignalDelivery const&) override {}
  void on_doubt() override { feeds->on_doubt(); }
  void on_move(realtime::Moved const& move) override { feeds->on_move(move); }
  std::shared_ptr<RoomFeeds> feeds;
};

/// One tenant with Anna, who sends, and Bert, who listens. `loses_events_`: what is committed is not announced.
class RoomFeedsTest : public storage::EngineTest {
 protected:
  template <class Verb>
  auto write(Verb verb) {
    auto result = lanes_->run(1, std::move(verb));
    if (!result) throw std::runtime_error(result.error().message);
    return *std::move(result);
  }

  void SetUp() override {
    storage::EngineTest::SetUp();
    if (IsSkipped()) return;
    broker_.emplace(std::vector<Executor*>{&executor_});
    storage::LaneOptions options;
    options.on_commit = [this](std::vector<model::LiveEvent> events) {
      if (!loses_events_) broker_->publish(std::move(events));
    };
    lanes_ = *storage::WriteLanes::open(*database(), std::move(options));
    reads_ = *storage::ReadPool::open(*database());
    tenant_ = write([](storage::Transaction& tx) { return core::create_tenant(tx, {.name = "test"}); }).tenant.id;
    anna_ = person("anna");
    bert_ = person("bert");
  }

  void TearDown() override {
    if (listener_.feeds) listener_.feeds->stop();
    if (lanes_) lanes_->stop();
    if (reads_) reads_->stop();
    executor_.run();
  }

  core::Caller person(std::string const& name) {
    auto const user = write([&](storage::Transaction& tx) { return core::ensure_user(tx, tenant_, name); });
    return {.tenant = tenant_, .user = user.id, .external_id = name};
  }

  ConversationId make_room(std::vector<UserId> members) {
    core::NewConversation const room{.members = std::move(members)};
    return write([&](storage::Transaction& tx) { return core::create_conversation(tx, anna_, room); }).conversation.id;
  }

  MessageId send(ConversationId room) {
    core::NewMessage const input{.conversation = room, .text = "x"};
    return write([&](storage::Transaction& tx) { return core::send_message(tx, anna_, input); }).message.id;
  }

  void connect() {
    listener_.feeds = std::make_shared<RoomFeeds>(*reads_, broker_->hub(executor_), bert_, listener_, socket_);
    listener_.feeds->start();
  }

  /// True as soon as exactly `sent` has been sent, false when it is not for 10 seconds.
  bool receives(std::string const& sent) {
    auto const end = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (std::chrono::steady_clock::now() < end) {
      executor_.run();
      if (socket_->sent == sent) return true;
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
    ADD_FAILURE() << socket_->sent;
    return false;
  }

  realtime::testing::ManualExecutor executor_;
  std::optional<realtime::Broker> broker_;
  std::unique_ptr<storage::WriteLanes> lanes_;
  std::unique_ptr<storage::ReadPool> reads_;
  std::atomic<bool> loses_events_ = false;
  TenantId tenant_;
  core::Caller anna_;
  core::Caller bert_;
  std::shared_ptr<RecordingSocket> socket_ = std::make_shared<RecordingSocket>(executor_);
  Listener listener_;
};
PARLANCE_TEST_ON_EVERY_ENGINE(RoomFeedsTest);

TEST_P(RoomFeedsTest, ReplaysWhatIsMissingAndGoesLive) {
  auto const room = make_room({bert_.user});
  send(room);
  send(room);
  connect();
  EXPECT_TRUE(receives("a:1 a:2 "));
  send(room);
  EXPECT_TRUE(receives("a:1 a:2 a:3 "));
}

TEST_P(RoomFeedsTest, ReadsTheLogWhereTheLiveFeedHasSkippedSomething) {
  auto const room = make_room({bert_.user});
  connect();
  send(room);
  EXPECT_TRUE(receives("a:1 "));
  loses_events_ = true;
  send(room);
  send(room);
  loses_events_ = false;
  send(room);
  EXPECT_TRUE(receives("a:1 a:2 a:3 a:4 "));
}

TEST_P(RoomFeedsTest, LooksForMessagesAndRoomsWhenInDoubt) {
  auto const room = make_room({bert_.user});
  connect();
  send(room);
  EXPECT_TRUE(receives("a:1 "));
  loses_events_ = true;
  send(room);
  send(make_room({bert_.user}));
  loses_events_ = false;
  broker_->hub(executor_).doubt();
  EXPECT_TRUE(receives("a:1 a:2 b:1 "));
}

TEST_P(RoomFeedsTest, TellsOfChangesThatTheLiveFeedHasSkipped) {
  auto const room = make_room({bert_.user});
  connect();
  MessageId const messages[] = {send(room), send(room), send(room)};
  EXPECT_TRUE(receives("a:1 a:2 a:3 "));
  auto const edit = [&](MessageId message, std::string text) {
    write([&](storage::Transaction& tx) {
      return core::edit_message(tx, anna_, room, message, core::MessageEdit{.text = std::move(text)});
    });
  };
  loses_events_ = true;
  edit(messages[0], "y");
  edit(messages[1], "y");
  edit(messages[0], "z");
  write([&](storage::Transaction& tx) {
    return core::delete_message(tx, anna_, room, messages[2], core::DeleteRight::author_only);
  });
  loses_events_ = false;
  broker_->point_out({{tenant_, room, {}, 9}});
  EXPECT_TRUE(receives("a:1 a:2 a:3 a:2 a:1 a-3 "));
  loses_events_ = true;
  edit(messages[0], "again");
  loses_events_ = false;
  send(room);  // The gap shows.
  EXPECT_TRUE(receives("a:1 a:2 a:3 a:2 a:1 a-3 a:4 a:1 "));
  edit(messages[1], "live");
  EXPECT_TRUE(receives("a:1 a:2 a:3 a:2 a:1 a-3 a:4 a:1 a:2 "));
}

TEST_P(RoomFeedsTest, SendsNoMessageThatIsDeletedWhileItWaits) {
  auto const room = make_room({bert_.user});
  send(room);
  auto const second = send(room);
  socket_->queued = std::size_t{1} << 20;
  connect();
  for (int turn = 0; turn < 200; ++turn) {
    executor_.run();
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  EXPECT_EQ(socket_->sent, "") << "its queue is full";
  write([&](storage::Transaction& tx) {
    return core::delete_message(tx, anna_, room, second, core::DeleteRight::author_only);
  });
  executor_.run();
  socket_->queued = 0;
  executor_.advance(std::chrono::milliseconds(200));
  EXPECT_TRUE(receives("a:1 "));
  send(room);
  EXPECT_TRUE(receives("a:1 a:3 "));
}

TEST_P(RoomFeedsTest, ForgetsARoomThatItsUserHasLeft) {
  auto const room = make_room({bert_.user});
  connect();
  send(room);
  EXPECT_TRUE(receives("a:1 "));
  listener_.feeds->remove(room);
  send(room);
  auto const strange = make_room({anna_.user});
  send(strange);
  listener_.feeds->add(strange);
  executor_.run();
  EXPECT_TRUE(receives("a:1 "));
}

}  // namespace
}  // namespace parlance::chatapi
