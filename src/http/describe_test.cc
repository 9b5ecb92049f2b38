#include "http/describe.h"

#include <gtest/gtest.h>

#include "http/openapi.h"
#include "http/schema.h"

namespace parlance::http {

enum class RoomKind { dm, group, default_ };
BOOST_DESCRIBE_ENUM(RoomKind, dm, group, default_)

struct Limits {
  int per_minute;
  std::optional<double> burst;
};
BOOST_DESCRIBE_STRUCT(Limits, (), (per_minute, burst))

struct NewRoom {
  std::string name;
  std::optional<std::vector<std::string>> members;
  std::optional<RoomKind> kind;
  std::vector<Limits> limits;
  std::map<std::string, std::int64_t> weights;
  Patch<std::string> topic;
  Nullable<std::string> note;
  std::optional<boost::json::value> meta;
  bool private_;
};
BOOST_DESCRIBE_STRUCT(NewRoom, (), (name, members, kind, limits, weights, topic, note, meta, private_))

struct AllOptional {
  std::optional<std::string> name;
};
BOOST_DESCRIBE_STRUCT(AllOptional, (), (name))

namespace {

constexpr std::string_view kWhole =
    R"({"name":"a","members":["x","y"],"kind":"default","limits":[{"per_minute":5}],"weights":{"w":1},)"
    R"("topic":null,"note":null,"meta":{"k":[1]},"private":true})";

/// What decoding says when `member` of the whole text is replaced by `value`: "field: message", or "fine".
std::string verdict(std::string_view member, std::string_view value) {
  auto json = *parse_json(kWhole);
  json.get_object()[member] = *parse_json(value);
  auto const room = decode<NewRoom>(json);
  return room ? "fine" : room.error().field + ": " + room.error().message;
}

TEST(Describe, DecodesAndEncodesTheSameText) {
  auto const room = decode<NewRoom>(*parse_json(kWhole));
  ASSERT_TRUE(room) << room.error().message;
  EXPECT_EQ(room->kind, RoomKind::default_);
  EXPECT_TRUE(room->topic.is_null());
  EXPECT_EQ(encode_json(*room), kWhole);
}

TEST(Describe, LeavesOutWhatIsAbsent) {
  EXPECT_EQ(encode_json(AllOptional{}), "{}");
  EXPECT_EQ(encode_json(Limits{3, 1.5}), R"({"per_minute":3,"burst":1.5})");
}

TEST(Describe, NamesTheFieldAtFault) {
  EXPECT_EQ(verdict("name", "5"), "name: name must be a string");
  EXPECT_EQ(verdict("name", R"("a\u0000b")"), "name: name must be a string without U+0000");
  EXPECT_EQ(verdict("members", R"("x")"), "members: members must be an array of strings");
  EXPECT_EQ(verdict("members", R"(["x","y",3])"), "members[2]: members[2] must be a string");
  EXPECT_EQ(verdict("members", "null"), "fine");
  EXPECT_EQ(verdict("kind", R"("channel")"), "kind: kind must be one of dm, group, default");
  EXPECT_EQ(verdict("limits", R"([{"per_minute":1},{}])"), "limits[1].per_minute: limits[1].per_minute is required");
  EXPECT_EQ(verdict("limits", R"([{"per_minute":3000000000}])"),
            "limits[0].per_minute: limits[0].per_minute must be a 32-bit integer");
  EXPECT_EQ(verdict("weights", R"({"w":1.5})"), "weights.w: weights.w must be an integer");
  EXPECT_EQ(verdict("weights", R"({"w":18446744073709551615})"), "weights.w: weights.w must be an integer");
  EXPECT_EQ(verdict("topic", "[]"), "topic: topic must be a string");
  EXPECT_EQ(verdict("note", "1"), "note: note must be a string");
  EXPECT_EQ(verdict("private", "1"), "private: private must be true or false");
  EXPECT_EQ(verdict("unknown", "1"), "fine");
}

TEST(Describe, TellsAbsentFromNull) {
  auto json = *parse_json(kWhole);
  json.get_object().erase("topic");
  EXPECT_FALSE(decode<NewRoom>(json)->topic.present);
  json.get_object().erase("note");
  EXPECT_EQ(decode<NewRoom>(json).error().message, "note is required");
}

TEST(Describe, TakesAnEmptyBodyForAnEmptyObject) {
  Request request;
  EXPECT_TRUE(decode_body<AllOptional>(request));
  EXPECT_EQ(decode_body<NewRoom>(request).error().field, "name");
  request.body = "[1]";
  EXPECT_EQ(decode_body<AllOptional>(request).error().message, "the body must be an object");
  request.body = "{";
  EXPECT_EQ(decode_body<AllOptional>(request).error().code, Errc::invalid_argument);
}

TEST(Schema, ShowsTheSameTypes) {
  SchemaRegistry registry;
  EXPECT_EQ(boost::json::serialize(json_schema_of<NewRoom>(registry)),
            R"({"$ref":"#/components/schemas/http.NewRoom"})");
  EXPECT_EQ(boost::json::serialize(registry.schemas.at("http.Limits")),
            R"({"type":"object","properties":{"per_minute":{"type":"integer","format":"int32"},)"
            R"("burst":{"type":"number"}},"required":["per_minute"]})");
  auto const& room = registry.schemas.at("http.NewRoom").as_object();
  EXPECT_EQ(boost::json::serialize(room.at("required")), R"(["name","limits","weights","note","private"])");
  auto const& properties = room.at("properties").as_object();
  EXPECT_EQ(boost::json::serialize(properties.at("topic")), R"({"type":["string","null"]})");
  EXPECT_EQ(boost::json::serialize(properties.at("kind")), R"({"type":"string","enum":["dm","group","default"]})");
}

TEST(Schema, SaysWhereNullStandsForAbsent) {
  SchemaRegistry registry;
  registry.optionals_take_null = true;
  std::ignore = json_schema_of<NewRoom>(registry);
  auto const& properties = registry.schemas.at("http.NewRoom").at("properties").as_object();
  EXPECT_EQ(boost::json::serialize(properties.at("members")), R"({"type":["array","null"],"items":{"type":"string"}})");
  EXPECT_EQ(boost::json::serialize(properties.at("kind")),
            R"({"anyOf":[{"type":"string","enum":["dm","group","default"]},{"type":"null"}]})");
  EXPECT_EQ(boost::json::serialize(properties.at("name")), R"({"type":"string"})");
}

TEST(OpenApi, SaysWhatEachRouteNeeds) {
  Router router;
  auto& group = router.add_group("rooms", nullptr, "Rooms");
  auto const nothing = [](Request&) -> Result<Response> { return Response::empty(); };
  group.add(Method::put, "/open", "open", nothing).takes<AllOptional>().set_access(1);
  group.add(Method::put, "/usual", "usual", nothing).takes<NewRoom>().set_access(2);
  group.add(Method::put, "/special", "special", nothing).set_access(3);
  router.seal();
  OpenApiInfo info{.title = "T", .version = "1"};
  info.public_access = 1;
  info.security_of_access[3] = {boost::json::object{{"master", boost::json::array()}}};
  auto const document = *parse_json(openapi_document(router, info));
  auto const operation = [&](std::string_view path) {
    return document.at("paths").as_object().at(path).as_object().at("put").as_object();
  };
  EXPECT_EQ(boost::json::serialize(operation("/open").at("security")), "[]");
  EXPECT_FALSE(operation("/usual").contains("security"));
  EXPECT_EQ(boost::json::serialize(operation("/special").at("security")), R"([{"master":[]}])");
  EXPECT_TRUE(operation("/usual").at("requestBody").at("required").as_bool());
  EXPECT_FALSE(operation("/open").at("requestBody").as_object().contains("required"));
}

TEST(OpenApi, ShowsEachGroupsOwnErrors) {
  Router router;
  auto const nothing = [](Request&) -> Result<Response> { return Response::empty(); };
  router.add_group("plain", nullptr).add(Method::get, "/plain", "plain", nothing);
  router.add_group("own", nullptr).fails_with<Limits>().add(Method::get, "/own", "own", nothing);
  auto& text = router.add_group("text", nullptr);
  text.error_media_type = "text/plain";
  text.add(Method::get, "/text", "text", nothing);
  router.seal();
  auto const document = *parse_json(openapi_document(router, {.title = "T", .version = "1"}));
  auto const error_of = [&](std::string_view path) {
    auto const& replies = document.at("paths").as_object().at(path).at("get").at("responses");
    std::string_view const reference = replies.at("400").at("$ref").as_string();
    auto const name = reference.substr(reference.rfind('/') + 1);
    return boost::json::serialize(document.at("components").at("responses").as_object().at(name).at("content"));
  };
  EXPECT_EQ(error_of("/plain"), R"({"application/json":{"schema":{"$ref":"#/components/schemas/Error"}}})");
  EXPECT_EQ(error_of("/own"), R"({"application/json":{"schema":{"$ref":"#/components/schemas/http.Limits"}}})");
  EXPECT_EQ(error_of("/text"), R"({"text/plain":{"schema":{"type":"string"}}})");
}

TEST(OpenApi, DescribesEveryVisibleRoute) {
  Router router;
  auto& group = router.add_group("rooms", nullptr, "Rooms");
  auto const nothing = [](Request&) -> Result<Response> { return Response::empty(); };
  group.add(Method::post, "/rooms/{room_id}", "create_room", nothing)
      .takes<NewRoom>()
      .returns<Limits>(201)
      .set_access(1);
  group.add(Method::get, "/secret", "secret", nothing).set_hidden();
  router.seal();
  auto const document = *parse_json(openapi_document(router, {.title = "T", .version = "1"}));
  EXPECT_EQ(document.at("openapi"), "3.1.0");
  EXPECT_FALSE(document.at("paths").as_object().contains("/secret"));
  auto const& operation = document.at("paths").at("/rooms/{room_id}").at("post");
  EXPECT_EQ(operation.at("operationId"), "create_room");
  EXPECT_EQ(operation.at("parameters").at(0).at("name"), "room_id");
  EXPECT_EQ(operation.at("responses").at("201").at("content").at("application/json").at("schema").at("$ref"),
            "#/components/schemas/http.Limits");
  EXPECT_TRUE(document.at("components").at("schemas").as_object().contains("http.NewRoom"));
}

}  // namespace
}  // namespace parlance::http
