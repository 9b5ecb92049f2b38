#include "http/websocket_session.h"

#include <atomic>

#include "http/loopback_fixture.h"

namespace parlance::http {
namespace {

using std::chrono::milliseconds;
using testing::LoopbackClient;
using testing::LoopbackServer;

constexpr std::string_view kHandshake =
    "GET /ws HTTP/1.1\r\nHost: h\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r\n"
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";

/// A client's frame: masked, up to 65535 bytes.
std::string frame(Opcode opcode, std::string_view payload, bool is_final = true) {
  std::string out;
  out += static_cast<char>(static_cast<int>(opcode) | (is_final ? 0x80 : 0));
  if (payload.size() < 126) {
    out += static_cast<char>(0x80 | payload.size());
  } else {
    out += static_cast<char>(0x80 | 126);
    out += static_cast<char>(payload.size() >> 8);
    out += static_cast<char>(payload.size() & 0xff);
  }
  constexpr std::string_view kMask = "mask";
  out += kMask;
  for (std::size_t i = 0; i < payload.size(); ++i) out += static_cast<char>(payload[i] ^ kMask[i % 4]);
  return out;
}

std::string close_payload(std::uint16_t code, std::string_view reason) {
  std::string out{static_cast<char>(code >> 8), static_cast<char>(code & 0xff)};
  return out.append(reason);
}

/// A site whose /ws answers what it is told: "echo …" at once, "later …" after a turn, "close", "throw".
struct WebSocketTest : ::testing::Test {
  WebSocketTest() {
    site.group.add(Method::get, "/ws", "ws", [this](Request& request) {
      return upgrade_to_websocket(request, options, [this](std::shared_ptr<WebSocket> opened) { open(opened); });
    });
  }

  void open(std::shared_ptr<WebSocket> const& opened) {
    socket = opened;
    is_open = true;
    opened->set_on_message([this, opened](std::string text, bool) { return answer(opened, std::move(text)); });
    opened->set_on_close([this](std::uint16_t code, std::string const& reason, CloseReason why) {
      close_text = std::to_string(code) + " " + reason + " " + std::string(name_of(why));
      socket.reset();
      ++closes;
    });
    opened->set_on_pong([this](std::string_view) { ++pongs; });
  }

  Task<void> answer(std::shared_ptr<WebSocket> to, std::string text) {
    if (text == "close") to->close(4000, "asked");
    if (text == "throw") throw std::runtime_error("boom");
    if (text.starts_with("later")) {
      for (int turn = 0; turn < 3; ++turn) co_await callback<int>(to->executor(), [](auto done) { done(1); });
    }
    to->send_text(text);
  }

  void connect(LoopbackClient& client, std::string_view behind = {}) {
    client.send(std::string(kHandshake) + "\r\n" + std::string(behind));
    EXPECT_EQ(client.read_until("\r\n\r\n").substr(9, 3), "101");
  }

  void on_thread(std::function<void()> action) {
    std::atomic<bool> is_done = false;
    site.server->executors().front()->post([&] {
      action();
      is_done = true;
    });
    ASSERT_TRUE(LoopbackServer::eventually([&] { return is_done.load(); }));
  }

  std::string closing() {
    return LoopbackServer::eventually([&] { return closes == 1; }) ? close_text : "still open";
  }

  WebSocketOptions options;
  std::atomic<int> closes = 0;
  std::atomic<int> pongs = 0;
  std::atomic<bool> is_open = false;
  std::string close_text;
  std::shared_ptr<WebSocket> socket;
  LoopbackServer site;
};

TEST_F(WebSocketTest, AnswersInOrder) {
  site.start();
  LoopbackClient client(site.port());
  connect(client, frame(Opcode::text, "early"));
  EXPECT_EQ(client.read_bytes(7), text_frame("early"));
  std::string sent;
  std::string expected;
  for (int i = 0; i < 100; ++i) {
    auto const text = (i % 3 == 0 ? "later " : "echo ") + std::to_string(i);
    sent += frame(Opcode::text, text);
    expected += text_frame(text);
  }
  client.send(sent);
  EXPECT_EQ(client.read_bytes(expected.size()), expected);
  client.send(frame(Opcode::close, close_payload(1000, "bye")));
  EXPECT_EQ(client.read_to_end(), close_frame(CloseCode::normal, "bye"));
  EXPECT_EQ(closing(), "1000 bye client_closed");
}

TEST_F(WebSocketTest, HandlesWhatCameBeforeTheClose) {
  site.start();
  LoopbackClient client(site.port());
  connect(client, frame(Opcode::text, "later 1") + frame(Opcode::text, "later 2") + frame(Opcode::close, ""));
  EXPECT_EQ(client.read_to_end(), text_frame("later 1") + text_frame("later 2") + close_frame(CloseCode::no_status));
  EXPECT_EQ(closing(), "1005  client_closed");
}

TEST_F(WebSocketTest, JoinsFragmentsAroundPings) {
  site.start();
  LoopbackClient client(site.port());
  connect(client);
  client.send(frame(Opcode::text, "ab", false) + frame(Opcode::ping, "p") + frame(Opcode::continuation, "cd"));
  EXPECT_EQ(client.read_bytes(9), pong_frame("p") + text_frame("abcd"));
}

TEST_F(WebSocketTest, ClosesFromTheServer) {
  site.start();
  LoopbackClient client(site.port());
  connect(client);
  client.send(frame(Opcode::text, "close"));
  EXPECT_EQ(client.read_bytes(9), close_frame(static_cast<CloseCode>(4000), "asked"));
  client.send(frame(Opcode::close, close_payload(4000, "")));
  EXPECT_EQ(client.read_to_end(), "");
  EXPECT_EQ(closing(), "4000 asked requested");
}

TEST_F(WebSocketTest, NoticesThatItsClientLeft) {
  site.start();
  {
    LoopbackClient client(site.port());
    connect(client);
  }
  EXPECT_EQ(closing(), "1006  client_closed");
}

TEST_F(WebSocketTest, EndsOnBrokenFrames) {
  site.start();
  LoopbackClient client(site.port());
  connect(client);
  client.send(text_frame("unmasked"));
  auto const reply = client.read_until("\x03\xea");
  EXPECT_EQ(reply.substr(0, 1), "\x88");
  EXPECT_EQ(closing().substr(0, 4), "1002");
}

TEST_F(WebSocketTest, EndsOnLongMessages) {
  options.max_message_bytes = 100;
  site.start();
  LoopbackClient client(site.port());
  connect(client);
  client.send(frame(Opcode::text, std::string(200, 'x')));
  EXPECT_TRUE(closing().starts_with("1009 "));
  EXPECT_TRUE(close_text.ends_with(" message_too_big"));
}

TEST_F(WebSocketTest, EndsWhenAHandlerThrows) {
  site.start();
  LoopbackClient client(site.port());
  connect(client, frame(Opcode::text, "throw"));
  EXPECT_EQ(closing(), "1011 internal error requested");
}

TEST_F(WebSocketTest, StopsReadingWhileHandlersLag) {
  site.start();
  LoopbackClient client(site.port());
  connect(client);
  std::string sent;
  std::string expected;
  for (int i = 0; i < 500; ++i) {
    auto const text = "later " + std::to_string(i) + std::string(2000, 'x');
    sent += frame(Opcode::text, text);
    expected += text_frame(text);
  }
  std::thread sender([&] { client.send(sent); });
  EXPECT_EQ(client.read_bytes(expected.size()), expected);
  sender.join();
}

TEST_F(WebSocketTest, TellsASlowReaderWhy) {
  options.slow_reader_code = 3008;
  site.start();
  LoopbackClient client(site.port(), 4096);
  connect(client);
  ASSERT_TRUE(LoopbackServer::eventually([&] { return is_open.load(); }));
  int sent = 0;
  on_thread([&] {
    auto const shared = shared_text_frame(std::string(64 << 10, 'x'));
    while (sent < 1000 && socket && socket->send(shared)) ++sent;
  });
  EXPECT_LT(sent, 1000);
  EXPECT_EQ(closing(), "3008 slow reader slow_reader");
  auto const rest = client.read_to_end();
  EXPECT_TRUE(rest.ends_with(close_frame(static_cast<CloseCode>(3008), "slow reader")));
}

TEST_F(WebSocketTest, PingsAndGivesUpOnTheSilent) {
  options.ping_interval = milliseconds(200);
  options.idle_timeout = milliseconds(700);
  site.start();
  LoopbackClient client(site.port());
  connect(client);
  EXPECT_EQ(client.read_bytes(2), ping_frame());
  client.send(frame(Opcode::pong, ""));
  EXPECT_EQ(client.read_bytes(2), ping_frame());
  EXPECT_EQ(pongs, 1);
  EXPECT_EQ(closing(), "1001 idle timeout idle_timeout");
}

TEST_F(WebSocketTest, SaysGoodbyeAtShutdown) {
  site.start();
  LoopbackClient client(site.port());
  connect(client);
  ASSERT_TRUE(LoopbackServer::eventually([&] { return is_open.load(); }));
  on_thread([&] { socket->set_on_shutdown([this] { socket->send_text("bye"); }); });
  std::thread stopper([&] { site.server->drain(milliseconds(5'000)); });
  EXPECT_EQ(client.read_bytes(5), text_frame("bye"));
  EXPECT_EQ(client.read_bytes(4).substr(2), "\x03\xe9");
  client.close();
  stopper.join();
  EXPECT_EQ(closing(), "1001 server is shutting down server_shutdown");
}

TEST_F(WebSocketTest, RefusesWhatIsNoHandshake) {
  site.start();
  LoopbackClient client(site.port());
  client.send("GET /ws HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_EQ(client.read_reply().substr(9, 3), "400");
  client.send(std::string(kHandshake) + "Origin: https://evil.example\r\n\r\n");
  EXPECT_EQ(client.read_reply().substr(9, 3), "403");
  client.send(std::string(kHandshake) + "Origin: http://h\r\n\r\n");
  EXPECT_EQ(client.read_until("\r\n\r\n").substr(9, 3), "101");
}

}  // namespace
}  // namespace parlance::http
