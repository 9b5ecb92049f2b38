#include "dialects/chatapi/wire.h"

#include <gtest/gtest.h>

#include <limits>

namespace parlance::chatapi {
namespace {

std::string describe(Result<std::int64_t> const& number) {
  return number ? std::to_string(*number) : number.error().field + ": " + number.error().message;
}

std::string limit_in(std::string query) {
  http::Request request;
  request.query_string = std::move(query);
  return describe(number_in_query(request, "limit", 50, 1, 100));
}

TEST(NumberInQuery, FollowsTheContractOfLimits) {
  EXPECT_EQ(limit_in(""), "50");
  EXPECT_EQ(limit_in("limit=7"), "7");
  EXPECT_EQ(limit_in("limit=1000"), "100");
  EXPECT_EQ(limit_in("limit=99999999999999999999"), "100");
  EXPECT_EQ(limit_in("limit=0"), "limit: limit must be a number, at least 1");
  EXPECT_EQ(limit_in("limit=-5"), "limit: limit must be a number, at least 1");
  EXPECT_EQ(limit_in("limit=-99999999999999999999"), "limit: limit must be a number, at least 1");
  EXPECT_EQ(limit_in("limit=ten"), "limit: limit must be a number, at least 1");
  EXPECT_EQ(limit_in("limit=1.5"), "limit: limit must be a number, at least 1");
  EXPECT_EQ(limit_in("limit="), "limit: limit must be a number, at least 1");
}

TEST(FormatUptime, LeavesOutLeadingZeroUnits) {
  EXPECT_EQ(format_uptime(0), "0s");
  EXPECT_EQ(format_uptime(59), "59s");
  EXPECT_EQ(format_uptime(300), "5m0s");
  EXPECT_EQ(format_uptime(9045), "2h30m45s");
  EXPECT_EQ(format_uptime(360000), "100h0m0s");
}

TEST(WriteRoom, IsTheSampleOfTheContract) {
  model::Conversation room;
  room.id = ConversationId{100};
  room.kind = model::ConversationKind::dm;
  room.unique_key = "dm:user1:user2";
  room.created_at = 1'765'627'200 * kSecond;
  JsonWriter out;
  write_room(out, room);
  EXPECT_EQ(out.text(), R"({"room_id":"room_2s","type":"dm","unique_key":"dm:user1:user2","name":null,"last_seq":0,)"
                        R"("created_at":"2025-12-13T12:00:00Z"})");
}

TEST(WriteMessage, EchoesMetaAsItWasWritten) {
  model::Message message;
  message.id = MessageId{36};
  message.sender_external_id = "user1";
  message.seq = 41;
  message.text = "Hello, world!";
  message.meta = R"({"price": 1.0})";
  message.created_at = 1'765'627'800 * kSecond;
  JsonWriter out;
  write_message(out, message);
  EXPECT_EQ(out.text(), R"({"message_id":"msg_10","sender_id":"user1","seq":41,"content":"Hello, world!",)"
                        R"("meta":{"price": 1.0},"created_at":"2025-12-13T12:10:00Z"})");
}

}  // namespace
}  // namespace parlance::chatapi
