#include "dialects/chatapi/websocket_commands.h"

#include <gtest/gtest.h>

#include <boost/json/serialize.hpp>

namespace parlance::chatapi {
namespace {

std::string parsed(std::string_view payload) {
  auto const frame = parse_frame(payload);
  if (!frame) return frame.error().field + ": " + frame.error().message.substr(0, 20);
  return frame->type + " " + frame->request_id + " " + frame->meta;
}

TEST(ParseFrame, TakesBothFramings) {
  EXPECT_EQ(parsed(R"({"type":"send_message","room_id":"room_1","content":"x","meta":{"n": 1.0}})"),
            R"(send_message  {"n": 1.0})");
  EXPECT_EQ(parsed(R"({"type":"send_message","request_id":"r1","data":{"room_id":"room_1","meta":[1, 2]}})"),
            "send_message r1 [1, 2]");
  auto const frame = parse_frame(R"({"type":"ack","data":{"seq":3}})");
  ASSERT_TRUE(frame);
  EXPECT_EQ(boost::json::serialize(frame->fields), R"({"seq":3})");
}

TEST(ParseFrame, RefusesWhatIsNoFrame) {
  EXPECT_EQ(parsed("[]"), ": a frame must be a JS");
  EXPECT_EQ(parsed(R"({"kind":"ack"})"), "type: type must be the nam");
  EXPECT_EQ(parsed(R"({"type":7})"), "type: type must be the nam");
  EXPECT_EQ(parsed(R"({"type":"ack","data":"x"})"), "data: data must be an obje");
  EXPECT_FALSE(parse_frame("{"));
}

}  // namespace
}  // namespace parlance::chatapi
