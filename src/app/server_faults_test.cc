#include <gtest/gtest.h>
#include <spdlog/spdlog.h>

#include <functional>
#include <future>
#include <optional>
#include <thread>

#include "app/server.h"
#include "core/messages.h"
#include "core/tenants.h"
#include "http/loopback_fixture.h"
#include "storage/testing.h"
#include "storage/transaction.h"

namespace parlance::app {
namespace {

using http::testing::LoopbackClient;
using http::testing::LoopbackServer;

/// The background work commits too: one failure might be its.
constexpr int kMany = 1'000'000;

/// What a client sees of an answer.
struct Answer {
  int status = 0;
  std::string text;  ///< head and body

  bool asks_to_come_back() const { return text.find("\r\nRetry-After: ") != std::string::npos; }
  std::string body() const { return text.substr(text.find("\r\n\r\n") + 4); }
};

/// A whole server on each engine, on a loopback port, over a database whose disk can fail.
class ServerFaults : public storage::EngineTest {
 protected:
  void SetUp() override {
    EngineTest::SetUp();
    if (IsSkipped()) return;
    config_.listen = "127.0.0.1:0";
    config_.data = storage::testing_detail::make_directory();
    config_.io_threads = 2;
    spdlog::set_level(spdlog::level::off);
  }

  void TearDown() override {
    if (runner_.joinable()) {
      stop_.set_value();
      runner_.join();
      EXPECT_TRUE(outcome_) << outcome_.error().message;
    }
    if (!config_.data.empty()) std::filesystem::remove_all(config_.data);
    spdlog::set_level(spdlog::level::info);
  }

  void start() {
    std::promise<std::uint16_t> listening;
    auto port = listening.get_future();
    runner_ = std::thread([&] {
      outcome_ = run_server(config_, *database(), [&](RunningServer server) -> Result<void> {
        key_ = TRY(make_tenant(server.lanes));
        listening.set_value(server.port);
        stop_.get_future().wait();
        return {};
      });
    });
    port_ = port.get();
    room_ = make_room();
  }

  static Result<std::string> make_tenant(storage::WriteLanes& lanes) {
    return lanes.run(0, [](storage::Transaction& tx) -> Result<std::string> {
      return TRY(core::create_tenant(tx, {.name = "test", .hostname = "", .rate_limit = 0})).api_key;
    });
  }

  Answer ask(std::string_view method, std::string_view path, std::string_view body = {}, std::string_view head = {}) {
    LoopbackClient client(port_);
    client.send(
        fmt::format("{} {} HTTP/1.1\r\nHost: h\r\nX-API-Key: {}\r\nX-User-Id: ada\r\n"
                    "Content-Type: application/json\r\nContent-Length: {}\r\n{}\r\n{}",
                    method, path, key_, body.size(), head, body));
    Answer answer{.text = client.read_reply()};
    if (answer.text.size() > 12) answer.status = std::stoi(answer.text.substr(9, 3));
    return answer;
  }

  Answer send(std::string_view content, std::string_view idempotency_key = {}) {
    auto const head = idempotency_key.empty() ? std::string() : fmt::format("Idempotency-Key: {}\r\n", idempotency_key);
    return ask("POST", "/rooms/" + room_ + "/messages", fmt::format(R"({{"content":"{}"}})", content), head);
  }

  /// The contents of the room's messages, in their order.
  std::string messages() {
    auto const body = ask("GET", "/rooms/" + room_ + "/messages").body();
    std::string contents;
    constexpr std::string_view kMember = R"("content":")";
    for (auto at = body.find(kMember); at != std::string::npos; at = body.find(kMember, at + 1)) {
      auto const begin = at + kMember.size();
      contents += body.substr(begin, body.find('"', begin) - begin) + " ";
    }
    return contents;
  }

  void expect_refused(Answer const& answer) {
    EXPECT_EQ(answer.status, 503) << answer.text;
    EXPECT_TRUE(answer.asks_to_come_back()) << answer.text;
    EXPECT_NE(answer.body().find(R"({"success":false,"error":{"code":"SERVICE_UNAVAILABLE")"), std::string::npos)
        << answer.text;
  }

  storage::Faults& faults() { return database()->faults(); }

  Config config_;

 private:
  std::string make_room() {
    auto const body = ask("POST", "/rooms", R"({"type":"group","members":["ada","bob"]})").body();
    constexpr std::string_view kMember = R"("room_id":")";
    auto const begin = body.find(kMember) + kMember.size();
    return body.substr(begin, body.find('"', begin) - begin);
  }

  std::thread runner_;
  std::promise<void> stop_;
  Result<void> outcome_;
  std::uint16_t port_ = 0;
  std::string key_;
  std::string room_;
};

TEST_P(ServerFaults, AFailingCommitAcknowledgesNothingAndTheNextOneWorks) {
  start();
  EXPECT_EQ(send("before").status, 201);
  faults().fail_next_commits(kMany);
  expect_refused(send("lost"));
  faults().fail_next_commits(0);
  EXPECT_EQ(send("after").status, 201);
  EXPECT_EQ(messages(), "before after ");
}

TEST_P(ServerFaults, AFailingSyncAcknowledgesNothingAndTheNextOneWorks) {
  start();
  faults().fail_next_fsyncs(kMany);
  expect_refused(send("lost"));
  faults().fail_next_fsyncs(0);
  EXPECT_EQ(send("after").status, 201);
  EXPECT_EQ(messages(), "after ");
}

TEST_P(ServerFaults, AFullDiskRefusesWritesServesReadsAndRecovers) {
  start();
  EXPECT_EQ(send("before").status, 201);
  faults().fail_writes(true);
  for (int i = 0; i < 3; ++i) expect_refused(send("lost"));
  EXPECT_EQ(messages(), "before ");
  EXPECT_TRUE(LoopbackServer::eventually([&] { return ask("GET", "/health").status == 503; }));
  EXPECT_EQ(ask("GET", "/readyz").status, 503);
  EXPECT_EQ(ask("GET", "/livez").status, 200);
  faults().fail_writes(false);
  EXPECT_EQ(send("after").status, 201);
  EXPECT_EQ(messages(), "before after ");
  // It tries the database once a second at most.
  EXPECT_TRUE(LoopbackServer::eventually([&] { return ask("GET", "/health").status == 200; }));
}

TEST_P(ServerFaults, ARefusedSendMayComeAgainWithItsIdempotencyKey) {
  start();
  faults().fail_next_commits(kMany);
  expect_refused(send("hello", "key-1"));
  faults().fail_next_commits(0);
  auto const first = send("hello", "key-1");
  EXPECT_EQ(first.status, 201);
  auto const again = send("hello", "key-1");
  EXPECT_EQ(again.body(), first.body());
  EXPECT_EQ(messages(), "hello ");
}

TEST_P(ServerFaults, AFullQueueRefusesAtOnceAndTheQueuedOnesAreDone) {
  config_.write_lanes = 1;
  config_.write_queue = 2;
  start();
  std::vector<std::future<Answer>> answers;
  {
    // Another's write transaction keeps the lane waiting.
    auto const connection = *database()->connect(storage::Access::read_write);
    ASSERT_TRUE(connection->begin());
    storage::Transaction blocker(*connection);
    ASSERT_TRUE(blocker.execute("UPDATE conversations SET archived_at = archived_at"));
    for (int i = 0; i < 12; ++i) answers.push_back(std::async(std::launch::async, [this] { return send("waiting"); }));
    std::this_thread::sleep_for(std::chrono::milliseconds(700));
    connection->rollback();
  }
  int acknowledged = 0;
  for (auto& each : answers) {
    auto const answer = each.get();
    if (answer.status == 201)
      ++acknowledged;
    else
      expect_refused(answer);
  }
  EXPECT_GT(acknowledged, 0);
  EXPECT_LT(acknowledged, 12);
  std::string expected;
  for (int i = 0; i < acknowledged; ++i) expected += "waiting ";
  EXPECT_EQ(messages(), expected);
}

PARLANCE_TEST_ON_EVERY_ENGINE(ServerFaults);

}  // namespace
}  // namespace parlance::app
