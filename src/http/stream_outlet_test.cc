#include "http/stream_outlet.h"

#include <atomic>

#include "http/loopback_fixture.h"

namespace parlance::http {
namespace {

using std::chrono::milliseconds;
using testing::LoopbackClient;
using testing::LoopbackServer;

constexpr std::string_view kOpen = "GET /events HTTP/1.1\r\nHost: h\r\n\r\n";

/// A site whose GET /events hands its outlet to the test.
struct StreamOutletTest : ::testing::Test {
  StreamOutletTest() {
    site.group.add(Method::get, "/events", "events", [this](Request&) -> Result<Response> {
      return Response::event_stream([this](std::shared_ptr<Outlet> opened) {
        opened->on_close([this](CloseReason reason) {
          ++closes;
          last_reason = reason;
          outlet.reset();
        });
        outlet = std::move(opened);
        is_open = true;
      });
    });
  }

  /// Runs `action` on the I/O thread.
  void on_thread(std::function<void()> action) {
    std::atomic<bool> is_done = false;
    site.server->executors().front()->post([&] {
      action();
      is_done = true;
    });
    ASSERT_TRUE(LoopbackServer::eventually([&] { return is_done.load(); }));
  }

  std::string open(LoopbackClient& client) {
    client.send(kOpen);
    auto head = client.read_until("\r\n\r\n");
    EXPECT_TRUE(LoopbackServer::eventually([&] { return is_open.load(); }));
    return head;
  }

  bool was_closed(CloseReason reason) {
    return LoopbackServer::eventually([&] { return closes == 1; }) && last_reason == reason;
  }

  std::atomic<int> closes = 0;
  std::atomic<CloseReason> last_reason = CloseReason::requested;
  std::atomic<bool> is_open = false;
  std::shared_ptr<Outlet> outlet;
  LoopbackServer site;
};

TEST_F(StreamOutletTest, SendsInOrderAndEndsTheConnection) {
  site.start();
  LoopbackClient client(site.port());
  auto const head = open(client);
  EXPECT_NE(head.find("text/event-stream"), std::string::npos);
  EXPECT_EQ(head.find("Content-Length"), std::string::npos);
  on_thread([&] {
    for (int i = 0; i < 1000; ++i) outlet->send(shared_buffer(std::to_string(i) + "\n"));
    outlet->close(CloseReason::requested);
  });
  std::string expected;
  for (int i = 0; i < 1000; ++i) expected += std::to_string(i) + "\n";
  EXPECT_EQ(client.read_to_end(), expected);
  EXPECT_TRUE(was_closed(CloseReason::requested));
}

TEST_F(StreamOutletTest, NoticesThatItsClientLeft) {
  site.start();
  {
    LoopbackClient client(site.port());
    open(client);
  }
  EXPECT_TRUE(was_closed(CloseReason::client_closed));
  EXPECT_NE(site.metrics.render().find(R"(parlance_http_open_streams{kind="sse"} 0)"), std::string::npos);
}

TEST_F(StreamOutletTest, ClosesASlowReaderAndNeverDrops) {
  site.start();
  LoopbackClient client(site.port(), 4096);
  open(client);
  on_thread([&] {
    auto const bytes = shared_buffer(std::string(64 << 10, 'x'));
    int sent = 0;
    while (sent < 1000 && outlet && outlet->send(bytes)) ++sent;
    EXPECT_GT(sent, 10);
    EXPECT_LT(sent, 1000);
  });
  EXPECT_TRUE(was_closed(CloseReason::slow_reader));
  EXPECT_NE(site.metrics.render().find(R"(closes_total{kind="sse",reason="slow_reader"} 1)"), std::string::npos);
}

TEST_F(StreamOutletTest, ClosesAReaderThatStalls) {
  site.options.timeouts.write_stall = milliseconds(200);
  site.start();
  LoopbackClient client(site.port(), 4096);
  open(client);
  on_thread([&] {
    outlet->set_queue_limit(64 << 20);
    outlet->send(shared_buffer(std::string(32 << 20, 'x')));
  });
  EXPECT_TRUE(was_closed(CloseReason::slow_reader));
}

TEST_F(StreamOutletTest, SaysGoodbyeAtShutdown) {
  site.start();
  LoopbackClient client(site.port());
  open(client);
  on_thread([&] { outlet->on_shutdown([this] { outlet->send(shared_buffer("bye")); }); });
  site.server->drain(milliseconds(2'000));
  EXPECT_EQ(client.read_to_end(), "bye");
  EXPECT_TRUE(was_closed(CloseReason::server_shutdown));
}

TEST_F(StreamOutletTest, SendsOnlyTheHeadToHead) {
  site.start();
  LoopbackClient client(site.port());
  client.send("HEAD /events HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_NE(client.read_to_end().find("text/event-stream"), std::string::npos);
  EXPECT_FALSE(is_open);
}

}  // namespace
}  // namespace parlance::http
