#include "outbound/http_client.h"

#include <gtest/gtest.h>

#include "base/clock.h"
#include "outbound/scripted_server.h"

namespace parlance::outbound {
namespace {

using namespace std::chrono_literals;

std::string target_of(std::string const& request) {
  auto const start = request.find(' ') + 1;
  return request.substr(start, request.find(' ', start) - start);
}

std::string answer(std::string const& request) {
  auto const target = target_of(request);
  if (target == "/silent") return {};
  if (target == "/big") return ScriptedServer::reply("200 OK", "Content-Type: text/plain\r\n", std::string(5000, 'x'));
  if (target == "/endless") return "HTTP/1.1 200 OK\r\n\r\n" + std::string(5000, 'x');
  if (target == "/headers") return "HTTP/1.1 200 OK\r\nX: " + std::string(70'000, 'x') + "\r\n\r\n";
  if (target == "/error") return ScriptedServer::reply("500 Oops", "", "sorry");
  if (target == "/garbage") return "SSH-2.0-OpenSSH_9\r\n";
  if (target == "/loop") return ScriptedServer::reply("302 Found", "Location: /loop\r\n", "");
  if (target.starts_with("/to?"))
    return ScriptedServer::reply("302 Found", "Location: " + target.substr(4) + "\r\n", "");
  if (target.starts_with("/keep?")) {
    return ScriptedServer::reply("307 Temporary Redirect", "Location: " + target.substr(6) + "\r\n", "");
  }
  return ScriptedServer::reply("200 OK", "Content-Type: text/html; charset=utf-8\r\nX-A: 1\r\n", "hello");
}

CallOptions to(std::string url) { return {.url = std::move(url), .timeout = 5s, .reach = Reach::anywhere}; }

std::string outcome(Result<Reply> const& reply) {
  return reply ? std::to_string(reply->status) + " " + reply->body : reply.error().message;
}

Resolver fixed(std::vector<IpAddress> addresses) {
  return [addresses](std::string const&) -> Result<std::vector<IpAddress>> { return addresses; };
}

IpAddress ip(std::string_view text) { return *IpAddress::parse(text); }

TEST(HttpClient, CallsAndReadsTheReply) {
  ScriptedServer server(answer);
  auto options = to(server.url("/x?y=1"));
  options.method = "POST";
  options.body = "{}";
  options.headers = {{"Content-Type", "application/json"}, {"X-Empty", ""}};
  auto const reply = HttpClient().call(options);
  ASSERT_TRUE(reply) << reply.error().message;
  EXPECT_EQ(outcome(reply), "200 hello");
  EXPECT_EQ(reply->header("x-a"), "1");
  EXPECT_EQ(reply->header("x-b"), "");
  EXPECT_EQ(reply->url, server.url("/x?y=1"));
  auto const request = server.requests().at(0);
  EXPECT_TRUE(request.starts_with("POST /x?y=1 HTTP/1.1\r\nHost: 127.0.0.1:")) << request;
  EXPECT_TRUE(request.contains("\r\nContent-Type: application/json\r\n")) << request;
  EXPECT_TRUE(request.contains("\r\nX-Empty:\r\n")) << request;
  EXPECT_TRUE(request.ends_with("\r\n\r\n{}")) << request;
}

TEST(HttpClient, ReturnsErrorsOfTheServerAsReplies) {
  ScriptedServer server(answer);
  EXPECT_EQ(outcome(HttpClient().call(to(server.url("/error")))), "500 sorry");
  EXPECT_EQ(outcome(HttpClient().call(to(server.url("/to?/x")))), "302 ");
}

TEST(HttpClient, RefusesLoopbackInAnySpelling) {
  ScriptedServer server(answer);
  for (auto const* host : {"127.0.0.1", "localhost", "127.1", "0x7f000001", "017700000001", "2130706433", "0", "[::1]",
                           "[::ffff:127.0.0.1]", "0177.0.0.1", "127.0.0.1."}) {
    auto options = to(server.url("/", host));
    options.reach = Reach::public_only;
    auto const reply = HttpClient().call(options);
    ASSERT_FALSE(reply) << host;
    EXPECT_EQ(reply.error().code, Errc::forbidden) << host;
    EXPECT_TRUE(reply.error().message.starts_with("address not allowed: ")) << reply.error().message;
  }
  EXPECT_TRUE(server.requests().empty());
}

TEST(HttpClient, RefusesANameWithOneForbiddenAddress) {
  auto const client = HttpClient(fixed({ip("93.184.216.34"), ip("10.0.0.1")}));
  EXPECT_EQ(outcome(client.call({.url = "http://example.com/"})), "address not allowed: private");
}

TEST(HttpClient, ResolvesOnceAndConnectsOnlyThere) {
  ScriptedServer server(answer);
  int lookups = 0;
  HttpClient const client([&](std::string const& host) -> Result<std::vector<IpAddress>> {
    EXPECT_EQ(host, "rebinding.example");
    return std::vector{ip(++lookups == 1 ? "127.0.0.1" : "127.0.0.2")};
  });
  auto const reply = client.call(to(server.url("/", "rebinding.example")));
  EXPECT_EQ(outcome(reply), "200 hello");
  EXPECT_EQ(lookups, 1);
  EXPECT_TRUE(server.requests().at(0).contains("Host: rebinding.example:"));
}

TEST(HttpClient, NeverConnectsToAnAddressThatWasNotChecked) {
  ScriptedServer server(answer);
  // The host says 127.0.0.1, the check has seen another address.
  auto const client = HttpClient(fixed({ip("127.0.0.3")}));
  EXPECT_EQ(outcome(client.call(to(server.url()))), "address not allowed: not resolved before");
  EXPECT_EQ(outcome(client.call(to(server.url("/", "localhost")))), "connection refused");
  EXPECT_TRUE(server.requests().empty());
}

TEST(HttpClient, ChecksEveryHopOfARedirect) {
  ScriptedServer server(answer);
  int lookups = 0;
  HttpClient const client([&](std::string const& host) -> Result<std::vector<IpAddress>> {
    ++lookups;
    if (host == "metadata.example") return std::vector{ip("169.254.169.254")};
    return std::vector{ip("127.0.0.1")};
  });
  auto options = to(server.url("/to?/to?/x", "a.example"));
  options.max_redirects = 2;
  EXPECT_EQ(outcome(client.call(options)), "200 hello");
  EXPECT_EQ(lookups, 3);

  options.url = server.url("/to?/to?/to?/x", "a.example");
  EXPECT_EQ(outcome(client.call(options)), "too many redirects");
  options.url = server.url("/loop", "a.example");
  EXPECT_EQ(outcome(client.call(options)), "too many redirects");
  options.url = server.url("/to?file:///etc/passwd", "a.example");
  EXPECT_EQ(outcome(client.call(options)), "the URL must begin with http:// or https://");
  options.url = server.url("/to?http://user@a.example/", "a.example");
  EXPECT_EQ(outcome(client.call(options)), "the URL must not hold a user name or password");
}

TEST(HttpClient, RefusesARedirectToLoopback) {
  ScriptedServer server(answer);
  // Takes the test's own server for a public one, so that only the second hop is in question.
  AddressJudge const judge = [](IpAddress const& address) {
    return address == ip("127.0.0.1") ? std::nullopt : why_not_public(address);
  };
  for (auto const* host : {"127.0.0.2", "127.2", "[::1]", "0x7f000002"}) {
    CallOptions options{.url = server.url("/to?" + server.url("/secret", host)), .max_redirects = 3};
    EXPECT_EQ(outcome(HttpClient(resolve_with_system, judge).call(options)), "address not allowed: loopback") << host;
  }
  EXPECT_EQ(server.requests().size(), 4U);
}

TEST(HttpClient, TakesCredentialsOffARedirectToAnotherOrigin) {
  ScriptedServer first(answer);
  ScriptedServer second(answer);
  auto options = to(first.url("/keep?" + second.url("/x")));
  options.method = "POST";
  options.body = "b";
  options.max_redirects = 1;
  options.headers = {{"Authorization", "Bearer secret"}, {"X-Api-Key", "secret"}, {"Content-Type", "text/plain"}};
  EXPECT_EQ(outcome(HttpClient().call(options)), "200 hello");
  EXPECT_TRUE(first.requests().at(0).contains("secret"));
  auto const request = second.requests().at(0);
  EXPECT_FALSE(request.contains("secret")) << request;
  EXPECT_TRUE(request.starts_with("POST ") && request.ends_with("b")) << request;

  options.url = first.url("/to?/x");
  EXPECT_EQ(outcome(HttpClient().call(options)), "200 hello");
  EXPECT_TRUE(first.requests().back().starts_with("GET /x ")) << first.requests().back();
  EXPECT_TRUE(first.requests().back().contains("Bearer secret"));
}

TEST(HttpClient, HoldsItsLimits) {
  ScriptedServer server(answer);
  auto options = to(server.url("/big"));
  options.max_reply_bytes = 4999;
  EXPECT_EQ(outcome(HttpClient().call(options)), "reply too large");
  options.url = server.url("/endless");
  EXPECT_EQ(outcome(HttpClient().call(options)), "reply too large");
  options.max_reply_bytes = 5000;
  EXPECT_EQ(HttpClient().call(options)->body.size(), 5000U);
  EXPECT_EQ(outcome(HttpClient().call(to(server.url("/headers")))), "reply header too large");
  EXPECT_EQ(outcome(HttpClient().call(to(server.url("/garbage")))), "reply is not HTTP");

  options.url = server.url("/big");
  options.accepted_content_type = "text/html";
  EXPECT_EQ(outcome(HttpClient().call(options)), "reply of another content type");
  options.url = server.url("/x");
  EXPECT_EQ(outcome(HttpClient().call(options)), "200 hello");
  options.url = server.url("/error");
  EXPECT_EQ(outcome(HttpClient().call(options)), "500 sorry");
}

TEST(HttpClient, GivesUpInTime) {
  ScriptedServer server(answer);
  auto options = to(server.url("/silent"));
  options.timeout = 200ms;
  auto const started = monotonic_now();
  EXPECT_EQ(outcome(HttpClient().call(options)), "reply timeout");
  EXPECT_LT(monotonic_now() - started, 3 * kSecond);
}

TEST(HttpClient, EndsWhatIsCutOff) {
  ScriptedServer server(answer);
  std::stop_source cut_off;
  HttpClient const client(cut_off.get_token());
  EXPECT_EQ(outcome(client.call(to(server.url("/")))), "200 hello");
  std::jthread const cutter([&] {
    std::this_thread::sleep_for(100ms);
    cut_off.request_stop();
  });
  auto const started = monotonic_now();
  auto options = to(server.url("/silent"));
  options.timeout = 20s;
  EXPECT_EQ(outcome(client.call(options)), "cut off");
  EXPECT_LT(monotonic_now() - started, 5 * kSecond);
  EXPECT_EQ(outcome(client.call(to(server.url("/")))), "cut off");
  EXPECT_EQ(server.requests().size(), 2U);
}

TEST(HttpClient, NamesConnectionFailures) {
  int port = 0;
  {
    ScriptedServer const closed(answer);
    port = closed.port();
  }
  EXPECT_EQ(outcome(HttpClient().call(to("http://127.0.0.1:" + std::to_string(port) + "/"))), "connection refused");
  HttpClient const lost([](std::string const&) { return fail(Errc::unavailable, "host not found"); });
  EXPECT_EQ(outcome(lost.call(to("http://example.com/"))), "host not found");
  ScriptedServer server(answer);
  auto const tls = "https" + server.url().substr(4);
  EXPECT_EQ(outcome(HttpClient().call(to(tls))), "TLS handshake failed");
}

TEST(HttpClient, IgnoresProxiesOfTheEnvironment) {
  ScriptedServer server(answer);
  for (auto const* name : {"http_proxy", "https_proxy", "all_proxy", "ALL_PROXY"})
    setenv(name, "http://127.0.0.1:1", 1);
  EXPECT_EQ(outcome(HttpClient().call(to(server.url()))), "200 hello");
  for (auto const* name : {"http_proxy", "https_proxy", "all_proxy", "ALL_PROXY"}) unsetenv(name);
}

TEST(HttpClient, RefusesBrokenMethodsAndHeaders) {
  for (auto const& header :
       HeaderList{{"X: y\r\nZ", "1"}, {"X", "a\r\nZ: 1"}, {"", "1"}, {"Host", "a"}, {"x", "a\x7f"}}) {
    auto options = to("http://127.0.0.1:1/");
    options.headers = {header};
    EXPECT_EQ(HttpClient().call(options).error().field, "headers");
  }
  auto options = to("http://127.0.0.1:1/");
  options.method = "GET / HTTP/1.1\r\n";
  EXPECT_EQ(HttpClient().call(options).error().field, "method");
}

}  // namespace
}  // namespace parlance::outbound
