#include "http/router.h"

#include <gtest/gtest.h>

#include <stdexcept>

namespace parlance::http {
namespace {

Result<Response> nothing(Request&) { return Response::empty(); }

struct RouterTest : ::testing::Test {
  RouterTest() {
    group.add(Method::get, "/", "root", nothing);
    group.add(Method::get, "/rooms", "list", nothing);
    group.add(Method::post, "/rooms", "create", nothing);
    group.add(Method::get, "/rooms/{room_id}", "get", nothing);
    group.add(Method::get, "/rooms/mine", "mine", nothing);
    group.add(Method::get, "/rooms/{room_id}/messages/{seq}", "message", nothing);
    group.add(Method::get, "/rooms/mine/{what}/x", "deep", nothing);
    group.add(Method::get, "/slash/", "slash", nothing);
  }

  /// "operation name=value …", or the rejection's status with its Allow.
  std::string find(Method method, std::string path) {
    Request request;
    request.method = method;
    request.path = std::move(path);
    router.find(request);
    if (request.rejection) {
      auto text = std::to_string(request.rejection->status);
      return request.rejection->allow.empty() ? text : text + " " + request.rejection->allow;
    }
    auto text = request.route->operation_id;
    for (auto const& [name, value] : request.path_parameters) text.append(" ").append(name).append("=").append(value);
    return text;
  }

  Router router;
  RouteGroup& group = router.add_group("test", nullptr);
};

TEST_F(RouterTest, PrefersLiteralsAndStepsBack) {
  router.seal();
  EXPECT_EQ(find(Method::get, "/"), "root");
  EXPECT_EQ(find(Method::get, "/rooms"), "list");
  EXPECT_EQ(find(Method::post, "/rooms"), "create");
  EXPECT_EQ(find(Method::get, "/rooms/mine"), "mine");
  EXPECT_EQ(find(Method::get, "/rooms/a"), "get room_id=a");
  EXPECT_EQ(find(Method::get, "/rooms/mine/messages/7"), "message room_id=mine seq=7");
  EXPECT_EQ(find(Method::get, "/rooms/mine/messages/x"), "deep what=messages");
}

TEST_F(RouterTest, DecodesSegmentsAfterSplitting) {
  router.seal();
  EXPECT_EQ(find(Method::get, "/rooms/a%20b%2Fc"), "get room_id=a b/c");
  EXPECT_EQ(find(Method::get, "/r%6Foms"), "list");
  EXPECT_EQ(find(Method::get, "/rooms/a+b"), "get room_id=a+b");
  EXPECT_EQ(find(Method::get, "/rooms/%"), "400");
  EXPECT_EQ(find(Method::get, "/rooms/%zz"), "400");
  EXPECT_EQ(find(Method::get, "/rooms/%00"), "400");
  EXPECT_EQ(find(Method::get, "/rooms/%ff"), "400");
  EXPECT_EQ(find(Method::get, "rooms"), "400");
  EXPECT_EQ(find(Method::get, ""), "400");
}

TEST_F(RouterTest, TakesATrailingSlashForAnotherPath) {
  router.seal();
  EXPECT_EQ(find(Method::get, "/rooms/"), "404");
  EXPECT_EQ(find(Method::get, "/slash/"), "slash");
  EXPECT_EQ(find(Method::get, "/slash"), "404");
  EXPECT_EQ(find(Method::get, "//rooms"), "404");
}

TEST_F(RouterTest, NamesTheMethodsOfAKnownPath) {
  router.seal();
  EXPECT_EQ(find(Method::del, "/rooms"), "405 GET, HEAD, POST, OPTIONS");
  EXPECT_EQ(find(Method::head, "/rooms"), "list");
  EXPECT_EQ(find(Method::other, "/nowhere"), "404");
  EXPECT_EQ(router.allowed_methods("/rooms/a"), "GET, HEAD, OPTIONS");
  EXPECT_EQ(router.allowed_methods("/nowhere"), "");
}

TEST_F(RouterTest, FindsTheGroupThatAnUnknownPathIsNextTo) {
  auto& other = router.add_group("other", nullptr);
  other.add(Method::get, "/threads", "threads", nothing);
  other.add(Method::get, "/shared/threads", "shared threads", nothing);
  group.add(Method::get, "/shared/rooms", "shared rooms", nothing);
  router.seal();
  auto const near = [&](std::string path) -> std::string {
    Request request;
    request.path = std::move(path);
    router.find(request);
    return request.group == nullptr ? "" : request.group->name;
  };
  EXPECT_EQ(near("/rooms/1/nowhere"), "test");
  EXPECT_EQ(near("/threads/"), "other");
  EXPECT_EQ(near("/shared/rooms/7"), "test");
  EXPECT_EQ(near("/shared/nowhere"), "");
  EXPECT_EQ(near("/nowhere"), "");
}

TEST_F(RouterTest, RefusesClashes) {
  group.add(Method::get, "/rooms/{id}", "again", nothing);
  EXPECT_THROW(router.seal(), std::logic_error);
}

TEST_F(RouterTest, RefusesTwoOperationsOfOneName) {
  group.add(Method::put, "/rooms", "list", nothing);
  EXPECT_THROW(router.seal(), std::logic_error);
}

TEST_F(RouterTest, FallsBackWhereAskedTo) {
  router.set_fallback(detail::make_handler(nothing));
  router.seal();
  EXPECT_EQ(find(Method::get, "/nowhere"), "");
  EXPECT_EQ(find(Method::del, "/rooms"), "405 GET, HEAD, POST, OPTIONS");
}

TEST_F(RouterTest, RendersRetryAfter) {
  Request request;
  auto const response = router.render(Error{Errc::rate_limited, "slow down", {}, 7}, request);
  EXPECT_EQ(response.status, 429);
  EXPECT_EQ(response.headers.find("retry-after"), "7");
  EXPECT_EQ(std::get<std::string>(response.body), R"({"error":{"code":"rate_limited","message":"slow down"}})");
}

TEST(Request, ReadsQueries) {
  Request request;
  request.query_string = "a=1&b=x%20y+z&a=2&flag&bad=%zz&n=12&big=99";
  EXPECT_EQ(request.query("a"), "1");
  EXPECT_EQ(request.query("b"), "x y z");
  EXPECT_EQ(request.query("flag"), "");
  EXPECT_EQ(request.query("bad"), "%zz");
  EXPECT_FALSE(request.query("c"));
  EXPECT_EQ(request.query_all("a").size(), 2U);
  EXPECT_EQ(request.query_integer("n", 5, 1, 50), 12);
  EXPECT_EQ(request.query_integer("absent", 5, 1, 50), 5);
  auto const wrong = request.query_integer("big", 5, 1, 50);
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().field, "big");
  EXPECT_EQ(wrong.error().message, "big must be an integer from 1 to 50");
}

TEST(Headers, KeepOrderAndIgnoreCase) {
  HeaderList headers;
  headers.add("Accept", "a");
  headers.add("X-One", "1");
  headers.add("ACCEPT", "b, Gzip");
  EXPECT_EQ(headers.find("accept"), "a");
  EXPECT_EQ(headers.all("accept").size(), 2U);
  EXPECT_TRUE(headers.has_token("Accept", "gzip"));
  EXPECT_FALSE(headers.has_token("Accept", "zip"));
  headers.set("accept", *headers.find("x-one"));
  EXPECT_EQ(headers.all("Accept").size(), 1U);
  EXPECT_EQ(headers.find("Accept"), "1");
}

}  // namespace
}  // namespace parlance::http
