#include "unfurl/fetcher.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "outbound/scripted_server.h"

namespace parlance::unfurl {
namespace {

using namespace std::chrono_literals;
using outbound::ScriptedServer;

std::string html(std::string_view body, std::string_view type = "text/html; charset=utf-8") {
  return ScriptedServer::reply("200 OK", "Content-Type: " + std::string(type) + "\r\n", body);
}

std::string target_of(std::string const& request) {
  auto const start = request.find(' ') + 1;
  return request.substr(start, request.find(' ', start) - start);
}

std::string answer(std::string const& request) {
  auto const target = target_of(request);
  if (target == "/page") return html("<title>A page</title><meta property='og:image' content='/i.png'>");
  if (target == "/latin") return html("<title>caf\xE9</title>", "text/html; charset=\"ISO-8859-1\"");
  if (target == "/empty") return html("<p>nothing");
  if (target == "/json") return html("{\"title\":1}", "application/json");
  if (target == "/gone")
    return ScriptedServer::reply("404 Not Found", "Content-Type: text/html\r\n", "<title>No</title>");
  if (target == "/moved") return ScriptedServer::reply("302 Found", "Location: /page\r\n", "");
  if (target == "/big") return html("<title>T</title>" + std::string(3 << 20, 'x'));
  if (target == "/silent") return {};
  return html("<title>other</title>");
}

Fetcher anywhere() { return Fetcher({.reach = outbound::Reach::anywhere, .timeout = 500ms}); }

TEST(Fetcher, ShowsWhatThePageSays) {
  ScriptedServer server(answer);
  EXPECT_EQ(
      anywhere().preview("look: " + server.url("/page") + "!"),
      R"([{"url":")" + server.url("/page") + R"(","title":"A page","imageUrl":")" + server.url("/i.png") + R"("}])");
  auto const request = server.requests().at(0);
  EXPECT_TRUE(request.contains("Accept: text/html\r\n")) << request;
  EXPECT_FALSE(request.contains("Referer")) << request;
  EXPECT_FALSE(request.contains("Cookie")) << request;
}

TEST(Fetcher, FollowsRedirectsAndReadsCharsets) {
  ScriptedServer server(answer);
  EXPECT_TRUE(anywhere().preview(server.url("/moved")).contains("A page"));
  EXPECT_TRUE(anywhere().preview(server.url("/latin")).contains("café"));
}

TEST(Fetcher, LeavesOutWhatHasNothingToShow) {
  ScriptedServer server(answer);
  for (auto const* target : {"/empty", "/json", "/gone", "/big", "/silent"}) {
    EXPECT_EQ(anywhere().preview(server.url(target)), "") << target;
  }
  EXPECT_EQ(anywhere().preview("no links"), "");
}

TEST(Fetcher, LooksAtThreeLinksAtMost) {
  ScriptedServer server(answer);
  std::string text;
  for (int i = 0; i < 5; ++i) text += server.url("/" + std::to_string(i)) + " ";
  anywhere().preview(text);
  EXPECT_EQ(server.requests().size(), 3U);
}

}  // namespace
}  // namespace parlance::unfurl
