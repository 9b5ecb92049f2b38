#include "http/server.h"

#include <fcntl.h>

#include <atomic>
#include <cstdlib>
#include <future>

#include "http/loopback_fixture.h"

namespace parlance::http {
namespace {

using std::chrono::milliseconds;
using testing::LoopbackClient;
using testing::LoopbackServer;

constexpr std::string_view kGet = "GET /hello HTTP/1.1\r\nHost: h\r\n\r\n";

/// Resumes on the request's thread after a turn of its loop.
auto next_turn(Request& request) {
  return callback<int>(request.executor(), [](auto done) { done(1); });
}

struct ServerTest : ::testing::Test {
  ServerTest() {
    site.group.add(Method::get, "/hello", "hello",
                   [](Request&) -> Result<Response> { return Response::text(200, "hi"); });
    site.group.add(Method::post, "/echo", "echo", [](Request& request) -> Task<Response> {
      co_await next_turn(request);
      co_return Response::text(200, request.body);
    });
    site.group
        .add(Method::post, "/count", "count",
             [](Request& request) -> Task<Result<Response>> {
               std::size_t bytes = 0;
               while (true) {
                 auto const piece = CO_TRY(co_await request.body_stream->read());
                 if (piece.empty()) break;
                 bytes += piece.size();
               }
               co_return Response::text(200, std::to_string(bytes));
             })
        .set_streams_body()
        .set_max_body(64 << 20)
        .accept({"*/*"});
    site.group.add(Method::get, "/throws", "throws", [](Request& request) -> Task<Response> {
      co_await next_turn(request);
      throw std::runtime_error("boom");
    });
    site.group.add(Method::get, "/fails", "fails",
                   [](Request&) -> Result<Response> { return fail(Errc::conflict, "taken", "name"); });
    site.group.add(Method::get, "/large", "large",
                   [](Request&) -> Result<Response> { return Response::text(200, std::string(3 << 20, 'x')); });
  }

  /// The status, and the body behind it, of one exchange on a connection of its own.
  std::string ask(std::string_view bytes) {
    LoopbackClient client(site.port());
    client.send(bytes);
    return brief(client.read_reply());
  }

  static std::string brief(std::string const& reply) {
    if (reply.empty()) return "nothing";
    auto const end = reply.find("\r\n\r\n");
    return reply.substr(9, 3) + " " + reply.substr(end + 4);
  }

  LoopbackServer site;
};

std::string post(std::string_view path, std::string_view body, std::string_view fields = {}) {
  return fmt::format("POST {} HTTP/1.1\r\nHost: h\r\nContent-Length: {}\r\n{}\r\n{}", path, body.size(), fields, body);
}

TEST_F(ServerTest, AnswersAndKeepsTheConnection) {
  site.start();
  LoopbackClient client(site.port());
  for (int i = 0; i < 3; ++i) {
    client.send(kGet);
    auto const reply = client.read_reply();
    EXPECT_EQ(brief(reply), "200 hi");
    EXPECT_NE(reply.find("\r\nDate: "), std::string::npos);
    EXPECT_NE(reply.find("\r\nX-Request-Id: "), std::string::npos);
    EXPECT_EQ(reply.find("Connection:"), std::string::npos);
  }
}

TEST_F(ServerTest, AnswersByteByByte) {
  site.start();
  LoopbackClient client(site.port());
  for (char const byte : post("/echo", "abc")) {
    client.send({&byte, 1});
    std::this_thread::sleep_for(milliseconds(1));
  }
  EXPECT_EQ(brief(client.read_reply()), "200 abc");
}

TEST_F(ServerTest, AnswersPipelinedRequestsInOrder) {
  site.start();
  LoopbackClient client(site.port());
  std::string all;
  for (int i = 0; i < 200; ++i) {
    all += post("/echo", std::to_string(i));
    all += kGet;
  }
  client.send(all);
  for (int i = 0; i < 200; ++i) {
    ASSERT_EQ(brief(client.read_reply()), "200 " + std::to_string(i));
    ASSERT_EQ(brief(client.read_reply()), "200 hi");
  }
}

TEST_F(ServerTest, SendsLargePipelinedReplies) {
  site.start();
  LoopbackClient client(site.port());
  std::string all;
  for (int i = 0; i < 5; ++i) all += "GET /large HTTP/1.1\r\nHost: h\r\n\r\n";
  client.send(all);
  std::this_thread::sleep_for(milliseconds(50));
  for (int i = 0; i < 5; ++i) ASSERT_EQ(client.read_reply().size() > (3U << 20), true);
}

TEST_F(ServerTest, ClosesWhenAsked) {
  site.start();
  LoopbackClient client(site.port());
  client.send("GET /hello HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
  auto const reply = client.read_to_end();
  EXPECT_NE(reply.find("Connection: close\r\n"), std::string::npos);
  EXPECT_EQ(brief(reply), "200 hi");
  LoopbackClient old(site.port());
  old.send("GET /hello HTTP/1.0\r\n\r\n");
  EXPECT_EQ(brief(old.read_to_end()), "200 hi");
  LoopbackClient kept(site.port());
  kept.send("GET /hello HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  EXPECT_NE(kept.read_reply().find("Connection: keep-alive\r\n"), std::string::npos);
}

TEST_F(ServerTest, AnswersHeadWithoutABody) {
  site.start();
  LoopbackClient client(site.port());
  client.send("HEAD /hello HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_NE(client.read_until("\r\n\r\n").find("Content-Length: 2"), std::string::npos);
  client.send(kGet);
  EXPECT_EQ(brief(client.read_reply()), "200 hi");
}

TEST_F(ServerTest, RendersErrors) {
  site.start();
  EXPECT_EQ(ask("GET /fails HTTP/1.1\r\nHost: h\r\n\r\n"),
            R"(409 {"error":{"code":"conflict","message":"taken","field":"name"}})");
  EXPECT_EQ(ask("GET /throws HTTP/1.1\r\nHost: h\r\n\r\n"),
            R"(500 {"error":{"code":"internal","message":"something went wrong on our side"}})");
  EXPECT_EQ(ask("GET /nowhere HTTP/1.1\r\nHost: h\r\n\r\n").substr(0, 3), "404");
  EXPECT_EQ(ask("DELETE /hello HTTP/1.1\r\nHost: h\r\n\r\n").substr(0, 3), "405");
  EXPECT_EQ(ask(post("/echo", "x", "Content-Type: text/plain\r\n")).substr(0, 3), "415");
  EXPECT_EQ(ask(post("/echo", "x", "Content-Type: application/json; charset=utf-8\r\n")).substr(0, 3), "200");
  EXPECT_EQ(ask("garbage\r\n\r\n").substr(0, 3), "400");
  EXPECT_EQ(ask("GET /" + std::string(9000, 'x')).substr(0, 3), "414");
  EXPECT_EQ(ask("GET / HTTP/1.1\r\nX: " + std::string(40'000, 'x') + "\r\n\r\n").substr(0, 3), "431");
}

TEST_F(ServerTest, LivesOnAfterARefusedBody) {
  site.start();
  LoopbackClient client(site.port());
  client.send(post("/nowhere", "body") + post("/echo", "x", "Content-Type: a/b\r\n") + std::string(kGet));
  EXPECT_EQ(brief(client.read_reply()).substr(0, 3), "404");
  EXPECT_EQ(brief(client.read_reply()).substr(0, 3), "415");
  EXPECT_EQ(brief(client.read_reply()), "200 hi");
}

TEST_F(ServerTest, RefusesLargeBodiesWithoutAReset) {
  site.start();
  LoopbackClient client(site.port());
  client.send(post("/echo", std::string(4 << 20, 'x')));
  auto const reply = client.read_to_end();
  EXPECT_EQ(brief(reply).substr(0, 3), "413");
  EXPECT_FALSE(client.was_reset());
  LoopbackClient chunked(site.port());
  chunked.send("POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n200000\r\n");
  chunked.send(std::string(0x200000, 'y'));
  EXPECT_EQ(brief(chunked.read_to_end()).substr(0, 3), "413");
}

TEST_F(ServerTest, InvitesABodyThatWaits) {
  site.start();
  LoopbackClient client(site.port());
  client.send("POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(client.read_until("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
  client.send("ab");
  EXPECT_EQ(brief(client.read_reply()), "200 ab");
  EXPECT_EQ(ask("POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n").substr(0, 3),
            "404");
}

TEST_F(ServerTest, StreamsBodies) {
  site.start();
  LoopbackClient client(site.port());
  client.send(post("/count", std::string(5 << 20, 'z')) + post("/count", "abc") + post("/count", ""));
  EXPECT_EQ(brief(client.read_reply()), "200 5242880");
  EXPECT_EQ(brief(client.read_reply()), "200 3");
  EXPECT_EQ(brief(client.read_reply()), "200 0");
}

TEST_F(ServerTest, TellsAStreamingHandlerThatItsClientLeft) {
  std::atomic<int> error = -1;
  site.group
      .add(Method::post, "/watch", "watch",
           [&error](Request& request) -> Task<Result<Response>> {
             while (true) {
               auto const piece = co_await request.body_stream->read();
               if (!piece) error = static_cast<int>(piece.error().code);
               if (!piece || piece->empty()) break;
             }
             co_return Response::empty();
           })
      .set_streams_body();
  site.start();
  {
    LoopbackClient client(site.port());
    client.send("POST /watch HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nabc");
    std::this_thread::sleep_for(milliseconds(20));
  }
  EXPECT_TRUE(LoopbackServer::eventually([&] { return error == static_cast<int>(Errc::unavailable); }));
}

TEST_F(ServerTest, OutlivesAClientThatLeavesItsHandler) {
  std::atomic<int> finished = 0;
  site.group.add(Method::get, "/slow", "slow", [&finished](Request& request) -> Task<Response> {
    co_await callback<int>(request.executor(), [&request](auto done) {
      request.executor().call_after(milliseconds(200), [done]() mutable { done(1); });
    });
    ++finished;
    co_return Response::text(200, request.path);
  });
  site.start();
  {
    LoopbackClient client(site.port());
    client.send("GET /slow HTTP/1.1\r\nHost: h\r\n\r\n");
    std::this_thread::sleep_for(milliseconds(20));
  }
  EXPECT_TRUE(LoopbackServer::eventually([&] { return finished == 1; }));
}

TEST_F(ServerTest, TimesSlowClientsOut) {
  site.options.timeouts = {milliseconds(200), milliseconds(200), milliseconds(300), milliseconds(500)};
  site.start();
  LoopbackClient head(site.port());
  head.send("GET /hel");
  LoopbackClient body(site.port());
  body.send("POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nabc");
  LoopbackClient idle(site.port());
  idle.send(kGet);
  EXPECT_EQ(brief(head.read_to_end()).substr(0, 3), "408");
  EXPECT_EQ(brief(body.read_to_end()).substr(0, 3), "408");
  EXPECT_EQ(brief(idle.read_to_end()), "200 hi");
}

TEST_F(ServerTest, ClosesOnAClientThatTakesNothing) {
  site.options.timeouts.write_stall = milliseconds(300);
  site.start();
  LoopbackClient client(site.port(), 4096);
  std::string all;
  for (int i = 0; i < 20; ++i) all += "GET /large HTTP/1.1\r\nHost: h\r\n\r\n";
  client.send(all);
  auto const shows = [&](std::string_view count) {
    auto const line = fmt::format("parlance_http_open_connections {}\n", count);
    return LoopbackServer::eventually([&] { return site.metrics.render().find(line) != std::string::npos; });
  };
  EXPECT_TRUE(shows("1"));
  EXPECT_TRUE(shows("0"));
}

TEST_F(ServerTest, SendsFiles) {
  char name[] = "/tmp/parlance-file-XXXXXX";
  int const made = ::mkstemp(name);
  std::string const content(300'000, 'f');
  ASSERT_EQ(::write(made, content.data(), content.size()), static_cast<ssize_t>(content.size()));
  ::close(made);
  site.group.add(Method::get, "/file", "file", [&](Request&) -> Result<Response> {
    return Response::file(206, {OwnedDescriptor(::open(name, O_RDONLY | O_CLOEXEC)), 10, 250'000}, "text/plain");
  });
  site.start();
  LoopbackClient client(site.port());
  client.send("GET /file HTTP/1.1\r\nHost: h\r\n\r\n" + std::string(kGet));
  EXPECT_EQ(brief(client.read_reply()), "206 " + content.substr(0, 250'000));
  EXPECT_EQ(brief(client.read_reply()), "200 hi");
  ::unlink(name);
}

TEST_F(ServerTest, RefusesConnectionsOverTheLimit) {
  site.options.limits.connections = 1;
  site.start();
  LoopbackClient first(site.port());
  first.send(kGet);
  EXPECT_EQ(brief(first.read_reply()), "200 hi");
  LoopbackClient second(site.port());
  EXPECT_EQ(second.read_to_end().substr(9, 3), "503");
}

TEST_F(ServerTest, PassesRequestIdsOn) {
  site.start();
  LoopbackClient client(site.port());
  client.send("GET /hello HTTP/1.1\r\nHost: h\r\nX-Request-Id: abc-1\r\n\r\n");
  EXPECT_NE(client.read_reply().find("X-Request-Id: abc-1\r\n"), std::string::npos);
  client.send("GET /hello HTTP/1.1\r\nHost: h\r\nX-Request-Id: a b\r\n\r\n");
  EXPECT_EQ(client.read_reply().find("X-Request-Id: a b"), std::string::npos);
}

TEST_F(ServerTest, CountsByRouteAndCode) {
  site.start();
  LoopbackClient client(site.port());
  client.send(kGet);
  client.read_reply();
  auto const text = site.metrics.render();
  EXPECT_NE(text.find(R"(parlance_http_requests_total{code="200",method="GET",route="/hello"} 1)"), std::string::npos);
}

TEST_F(ServerTest, FinishesWhatIsInProgressWhenItStops) {
  std::atomic<bool> has_begun = false;
  site.group.add(Method::get, "/slow", "slow", [&has_begun](Request& request) -> Task<Response> {
    has_begun = true;
    co_await callback<int>(request.executor(), [&request](auto done) {
      request.executor().call_after(milliseconds(300), [done]() mutable { done(1); });
    });
    co_return Response::text(200, "done");
  });
  site.start();
  LoopbackClient busy(site.port());
  LoopbackClient idle(site.port());
  idle.send(kGet);
  EXPECT_EQ(brief(idle.read_reply()), "200 hi");
  busy.send("GET /slow HTTP/1.1\r\nHost: h\r\n\r\n");
  ASSERT_TRUE(LoopbackServer::eventually([&] { return has_begun.load(); }));
  site.server->drain(milliseconds(5'000));
  EXPECT_EQ(idle.read_to_end(), "");
  auto const reply = busy.read_to_end();
  EXPECT_EQ(brief(reply), "200 done");
  EXPECT_NE(reply.find("Connection: close"), std::string::npos);
}

TEST_F(ServerTest, LetsHandlersEndWhoseClientsAreGone) {
  std::move_only_function<void(int)> answer;
  std::atomic<bool> has_begun = false;
  std::atomic<bool> has_ended = false;
  site.group.add(Method::get, "/late", "late", [&](Request& request) -> Task<Response> {
    auto const wait = [&](auto done) {
      answer = std::move(done);
      has_begun = true;
    };
    co_await callback<int>(request.executor(), wait);
    has_ended = true;
    co_return Response::text(200, "late");
  });
  site.start();
  {
    LoopbackClient client(site.port());
    client.send("GET /late HTTP/1.1\r\nHost: h\r\n\r\n");
    ASSERT_TRUE(LoopbackServer::eventually([&] { return has_begun.load(); }));
  }
  site.server->drain(milliseconds(0));
  EXPECT_FALSE(has_ended);
  answer(1);
  site.server->stop();
  EXPECT_TRUE(has_ended);
}

TEST_F(ServerTest, DoesNotWaitForeverForAThreadThatIsHeldUp) {
  std::promise<void> release;
  std::atomic<bool> has_begun = false;
  site.group.add(Method::get, "/stuck", "stuck", [&](Request&) -> Result<Response> {
    has_begun = true;
    release.get_future().wait();
    return Response::text(200, "late");
  });
  site.options.io_threads = 2;
  site.options.timeouts.held_up = milliseconds(100);
  site.start();
  LoopbackClient client(site.port());
  client.send("GET /stuck HTTP/1.1\r\nHost: h\r\n\r\n");
  ASSERT_TRUE(LoopbackServer::eventually([&] { return has_begun.load(); }));
  auto const began = std::chrono::steady_clock::now();
  site.server->drain(milliseconds(200));
  EXPECT_FALSE(site.server->stop());
  EXPECT_LT(std::chrono::steady_clock::now() - began, milliseconds(2'000));
  release.set_value();
  EXPECT_TRUE(site.server->stop());
}

TEST_F(ServerTest, ServesOnSeveralThreads) {
  site.options.io_threads = 4;
  site.start();
  EXPECT_EQ(site.server->executors().size(), 4U);
  std::vector<std::thread> clients;
  for (int i = 0; i < 8; ++i) {
    clients.emplace_back([this] {
      LoopbackClient client(site.port());
      for (int round = 0; round < 50; ++round) {
        client.send(post("/echo", "x"));
        ASSERT_EQ(brief(client.read_reply()), "200 x");
      }
    });
  }
  for (auto& client : clients) client.join();
}

TEST_F(ServerTest, SurvivesACallbackThatThrows) {
  site.group.add(Method::get, "/open", "open", [](Request&) -> Result<Response> {
    return Response::event_stream([](auto const&) { throw std::runtime_error("boom"); });
  });
  site.start();
  LoopbackClient client(site.port());
  client.send("GET /open HTTP/1.1\r\nHost: h\r\n\r\n");
  client.read_until("\r\n\r\n");
  site.server->executors().front()->post([] { throw std::runtime_error("boom"); });
  EXPECT_EQ(ask(kGet), "200 hi");
}

TEST_F(ServerTest, SaysWhenItsPortIsTaken) {
  site.start();
  LoopbackServer other;
  other.router.seal();
  other.options.port = site.port();
  auto server = *Server::create(other.options, other.router, other.pipeline, other.metrics);
  EXPECT_FALSE(server->start());
}

TEST(ServerCors, ServesTheOriginsItIsTold) {
  LoopbackServer site;
  Pipeline open(site.router, site.metrics, {.allowed_origins = {"https://a.example"}});
  site.group.add(Method::post, "/x", "x", [](Request&) -> Result<Response> { return Response::empty(); });
  site.router.seal();
  auto server = *Server::create(site.options, site.router, open, site.metrics);
  ASSERT_TRUE(server->start());
  LoopbackClient client(server->port());
  client.send(
      "OPTIONS /x HTTP/1.1\r\nHost: h\r\nOrigin: https://a.example\r\nAccess-Control-Request-Method: POST\r\n"
      "Access-Control-Request-Headers: x-api-key\r\n\r\n");
  auto const preflight = client.read_until("\r\n\r\n");
  EXPECT_EQ(preflight.substr(9, 3), "204");
  EXPECT_NE(preflight.find("Access-Control-Allow-Origin: https://a.example\r\n"), std::string::npos);
  EXPECT_NE(preflight.find("Access-Control-Allow-Headers: x-api-key\r\n"), std::string::npos);
  client.send("POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\nOrigin: https://b.example\r\n\r\n");
  EXPECT_EQ(client.read_until("\r\n\r\n").find("Access-Control"), std::string::npos);
  server->stop();
}

}  // namespace
}  // namespace parlance::http
