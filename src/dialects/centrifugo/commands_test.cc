#include "dialects/centrifugo/commands.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace parlance::centrifugo {
namespace {

std::string describe(std::string_view message) {
  auto const commands = decode_commands(message);
  if (!commands) return "refused";
  std::string text;
  for (auto const& command : *commands)
    text += fmt::format("[{} {} {}]", command.id, static_cast<int>(command.kind), command.raw);
  return text;
}

TEST(DecodeCommands, TakesOneOnEachLine) {
  EXPECT_EQ(describe(R"({"id":1,"connect":{}})"), "[1 1 {}]");
  EXPECT_EQ(describe("{\"id\":1,\"rpc\":{\"method\":\"a\"}}\n\n{\"id\":2,\"presence\":{}}\n"),
            R"([1 8 {"method":"a"}][2 5 {}])");
  EXPECT_EQ(describe("{}"), "[0 0 ]");
  EXPECT_EQ(describe(R"({"send":{"data":1}})"), R"([0 9 {"data":1}])");
}

TEST(DecodeCommands, RefusesWhatIsNone) {
  for (auto const* message :
       {"", "\n", "[]", "1", "{", R"({"id":1})", R"({"id":0,"rpc":{}})", R"({"rpc":{}})", R"({"id":-1,"rpc":{}})",
        R"({"id":1.5,"rpc":{}})", R"({"id":4294967296,"rpc":{}})", R"({"id":"1","rpc":{}})", R"({"id":1,"rpc":[]})",
        R"({"id":1,"dance":{}})", "{}\nnonsense"})
    EXPECT_EQ(describe(message), "refused") << message;
}

TEST(DecodeCommands, BoundsHowManyComeAtOnce) {
  std::string message;
  for (std::size_t i = 0; i < kMaxCommandsPerMessage; ++i) message += "{}\n";
  EXPECT_TRUE(decode_commands(message));
  EXPECT_FALSE(decode_commands(message + "{}"));
}

TEST(Command, ReadsItsMembersLeniently) {
  auto const command =
      decode_commands(R"({"id":1,"history":{"channel":"a","limit":5,"reverse":null,"data":{"a":1.0}}})")->front();
  EXPECT_EQ(command.text("channel"), "a");
  EXPECT_EQ(command.text("token"), "");
  EXPECT_EQ(command.number("limit"), 5U);
  EXPECT_EQ(command.flag("reverse"), false);
  EXPECT_EQ(command.json("data"), R"({"a":1.0})");
  EXPECT_EQ(command.json("reverse"), "");
  EXPECT_FALSE(command.text("limit"));
  EXPECT_FALSE(command.number("channel"));
}

TEST(DecodeConnect, TakesNothingAsAnEmptyRequest) {
  EXPECT_TRUE(decode_connect(""));
  EXPECT_TRUE(decode_connect("null"));
  EXPECT_EQ(decode_connect(R"({"token":"t"})")->text("token"), "t");
  EXPECT_FALSE(decode_connect("[]"));
  EXPECT_FALSE(decode_connect("{"));
}

}  // namespace
}  // namespace parlance::centrifugo
