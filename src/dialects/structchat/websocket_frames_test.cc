#include "dialects/structchat/websocket_frames.h"

#include <gtest/gtest.h>

#include "base/json.h"

namespace parlance::structchat {
namespace {

std::string error_of(std::string_view payload) {
  auto const frame = parse_frame(payload);
  return frame ? "none" : frame.error().message;
}

std::string feed_error_of(std::string_view args) {
  auto const request = read_feed_request(*parse_json(args));
  return request ? "none" : request.error().message;
}

TEST(StructFrames, ReadsPathAndArguments) {
  auto const frame = parse_frame(R"({"path":"/presence"})");
  ASSERT_TRUE(frame);
  EXPECT_EQ(frame->path, "/presence");
  EXPECT_TRUE(frame->args.is_object());
  EXPECT_EQ(parse_frame(R"({"path":"/feed","args":{"feed_id":"6N1"}})")->args.at("feed_id").as_string(), "6N1");
  EXPECT_TRUE(parse_frame(R"({"path":"/presence","args":null})")->args.is_object());
}

TEST(StructFrames, SaysWhatIsWrong) {
  EXPECT_EQ(error_of("[]"), "a frame must be a JSON object");
  EXPECT_EQ(error_of("{}"), "path must be the name of a frame");
  EXPECT_EQ(error_of(R"({"path":5})"), "path must be the name of a frame");
  EXPECT_EQ(error_of(R"({"path":"/feed","args":[]})"), "args must be an object");
  EXPECT_NE(error_of("{"), "none");
}

TEST(StructFrames, ReadsWhatAFeedIsAskedFor) {
  auto const request =
      read_feed_request(*parse_json(R"({"feed_id":"6M10","thread_ids":["2K5c1c","3M52"],"since":1694051250})"));
  ASSERT_TRUE(request);
  EXPECT_EQ(request->feed, 0x10);
  ASSERT_EQ(request->threads.size(), 2U);
  EXPECT_EQ(request->threads[0].value, 0x5c1c);
  EXPECT_EQ(request->threads[1].value, 0x52);
  EXPECT_EQ(*request->since, 1'694'051'250 * kSecond - 1);
  EXPECT_EQ(read_feed_request(*parse_json("{}"))->feed, 1);
}

TEST(StructFrames, RefusesWhatNoFeedIs) {
  EXPECT_EQ(feed_error_of(R"({"feed_id":"2K5c1c"})"), "feed_id must be the id of a feed");
  EXPECT_EQ(feed_error_of(R"({"thread_ids":["1J1aeb8"]})"), "thread_ids must be ids of threads");
  EXPECT_EQ(feed_error_of(R"({"since":-1})"), "since must be a time in unix seconds");
  EXPECT_EQ(feed_error_of(R"({"since":1e300})"), "since must be a time in unix seconds");
}

TEST(StructFrames, AreSpelledAsTheContractSpellsThem) {
  EXPECT_EQ(presence_list_frame({UserId{0x6c8}, UserId{0xb29}}),
            R"({"path":"/presence","data":{"status":"active","user_ids":["4L6c8","4Lb29"]}})");
  EXPECT_EQ(presence_frame(PresenceStatus::away, 3, {UserId{0xb29}, UserId{0x6c8}}),
            R"({"path":"/presence","update_id":3,"data":{"status":"away","user_ids":["4Lb29","4L6c8"]}})");
  EXPECT_EQ(move_frame(ConversationId{0x5c1c}, 3, ""),
            R"({"thread_id":"2K5c1c","path":"server/feed","update_id":3,"action":"move_to_top"})");
  EXPECT_EQ(
      move_frame(ConversationId{0x5c1c}, 1, R"({"id":"2K5c1c"})"),
      R"({"thread_id":"2K5c1c","path":"server/feed","update_id":1,"action":"move_to_top","data":{"id":"2K5c1c"}})");
}

}  // namespace
}  // namespace parlance::structchat
