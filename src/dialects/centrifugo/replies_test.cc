#include "dialects/centrifugo/replies.h"

#include <gtest/gtest.h>

namespace parlance::centrifugo {
namespace {

TEST(Replies, LeaveZeroesOut) {
  EXPECT_EQ(reply_text(7, "subscribe", subscribe_result({})), R"({"id":7,"subscribe":{}})");
  EXPECT_EQ(subscribe_result({.has_position = true, .epoch = 5}),
            R"({"recoverable":true,"positioned":true,"epoch":"5"})");
  EXPECT_EQ(subscribe_result({.has_position = true,
                              .epoch = 5,
                              .offset = 9,
                              .was_recovering = true,
                              .recovered = true,
                              .publications = {R"({"data":1})"}}),
            R"({"recoverable":true,"positioned":true,"epoch":"5","offset":9,"publications":[{"data":1}],)"
            R"("recovered":true,"was_recovering":true})");
  EXPECT_EQ(error_text(3, faults::unknown_channel()), R"({"id":3,"error":{"code":102,"message":"unknown channel"}})");
  EXPECT_EQ(error_text(3, faults::internal()),
            R"({"id":3,"error":{"code":100,"message":"internal server error","temporary":true}})");
}

TEST(Pushes, AreWrappedForWhoeverAnswers) {
  auto const push = unsubscribe_push("chat:1", unsubscriptions::kServer);
  EXPECT_EQ(push, R"({"channel":"chat:1","unsubscribe":{"code":2000,"reason":"server unsubscribe"}})");
  EXPECT_EQ(wrapped(push), R"({"push":)" + push + "}");
  EXPECT_EQ(disconnect_push(disconnects::shutdown()), R"({"disconnect":{"code":3001,"reason":"shutdown"}})");
  EXPECT_EQ(join_or_leave_push("c:d", "join", {.user = "u", .client = "x", .connection_info = "{}"}),
            R"({"channel":"c:d","join":{"info":{"user":"u","client":"x","conn_info":{}}}})");
}

TEST(PublicationText, CarriesItsPlaceAndTags) {
  model::LiveEvent live;
  live.event.kind = model::EventKind::publication;
  live.event.data = R"({"data":{"n":1.50},"tags":{"a":"b"}})";
  EXPECT_EQ(publication_text(live), live.event.data);
  live.event.offset = 4;
  EXPECT_EQ(publication_text(live), R"({"data":{"n":1.50},"tags":{"a":"b"},"offset":4})");
  live.event.kind = model::EventKind::conversation_created;
  EXPECT_EQ(publication_text(live), "");
}

TEST(EventPush, IsEncodedOnceForAll) {
  model::LiveEvent live;
  live.event.kind = model::EventKind::publication;
  live.event.offset = 1;
  live.event.data = R"({"data":1})";
  realtime::Delivery const delivery(live);
  auto const push = event_push(delivery, "news:a");
  EXPECT_EQ(*push, R"({"channel":"news:a","pub":{"data":1,"offset":1}})");
  EXPECT_EQ(push, event_push(delivery, "news:a"));
  auto const frame = event_frame(delivery, push);
  EXPECT_TRUE(frame->ends_with(wrapped(*push)));
  EXPECT_EQ(frame, event_frame(delivery, push));
}

}  // namespace
}  // namespace parlance::centrifugo
