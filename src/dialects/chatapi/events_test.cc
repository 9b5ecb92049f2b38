#include "dialects/chatapi/events.h"

#include <gtest/gtest.h>

#include "base/clock.h"
#include "http/websocket_codec.h"

namespace parlance::chatapi {
namespace {

constexpr Timestamp kNoon = 1'765'627'200 * kSecond;

/// The payload of an unmasked frame shorter than 64 KiB.
std::string payload_of(http::SharedBuffer const& frame) {
  if (!frame) return "none";
  auto const length = static_cast<unsigned char>((*frame)[1]);
  return frame->substr(length < 126 ? 2 : 4);
}

model::Message sample_message() {
  model::Message message;
  message.id = MessageId{36};
  message.conversation = ConversationId{100};
  message.seq = 3;
  message.sender_external_id = "alice";
  message.text = "hi";
  message.created_at = kNoon;
  return message;
}

realtime::Delivery delivery_of(model::EventKind kind) {
  model::LiveEvent live;
  live.event.kind = kind;
  live.event.conversation = ConversationId{100};
  live.event.message = MessageId{36};
  live.event.seq = 3;
  live.event.subject_external_id = "bob";
  live.message = std::make_shared<model::Message const>(sample_message());
  return realtime::Delivery(std::move(live));
}

TEST(EventFrame, IsFlat) {
  EXPECT_EQ(payload_of(event_frame(delivery_of(model::EventKind::message_added))),
            R"({"type":"message","room_id":"room_2s","message_id":"msg_10","seq":3,"sender_id":"alice",)"
            R"("content":"hi","created_at":"2025-12-13T12:00:00Z"})");
  EXPECT_EQ(payload_of(event_frame(delivery_of(model::EventKind::message_deleted))),
            R"({"type":"message.deleted","room_id":"room_2s","message_id":"msg_10","seq":3})");
  EXPECT_EQ(payload_of(event_frame(delivery_of(model::EventKind::delivered_moved))),
            R"({"type":"ack.received","room_id":"room_2s","seq":3,"user_id":"bob"})");
}

TEST(EventFrame, IsOneBufferForAllWhoAsk) {
  auto const delivery = delivery_of(model::EventKind::message_added);
  EXPECT_EQ(event_frame(delivery), event_frame(delivery));
}

TEST(EventFrame, IsNullWhereTheContractHasNone) {
  EXPECT_EQ(event_frame(delivery_of(model::EventKind::reaction_added)), nullptr);
}

realtime::Signal signal_of(realtime::SignalKind kind) {
  realtime::Signal signal;
  signal.kind = kind;
  signal.actor_external_id = "alice";
  signal.conversations = {ConversationId{100}};
  signal.at = kNoon;
  return signal;
}

std::string frame_of(realtime::Signal signal) {
  return payload_of(signal_frame(realtime::SignalDelivery(std::move(signal))));
}

TEST(SignalFrame, CarriesTheContractsFields) {
  EXPECT_EQ(frame_of(signal_of(realtime::SignalKind::typing_started)),
            R"({"type":"typing","room_id":"room_2s","user_id":"alice","action":"start"})");
  EXPECT_EQ(frame_of(signal_of(realtime::SignalKind::typing_stopped)),
            R"({"type":"typing","room_id":"room_2s","user_id":"alice","action":"stop"})");
  EXPECT_EQ(frame_of(signal_of(realtime::SignalKind::user_offline)),
            R"({"type":"presence.update","user_id":"alice","status":"offline","timestamp":1765627200})");
}

TEST(SignalFrame, HasANotificationsPayloadAsAnObject) {
  auto signal = signal_of(realtime::SignalKind::notification);
  signal.notification = model::Notification{
      .id = NotificationId{36}, .topic = "order.shipped", .payload = R"({"order_id":"12345"})", .created_at = kNoon};
  EXPECT_EQ(frame_of(std::move(signal)),
            R"({"type":"notification","notification_id":"notif_10","topic":"order.shipped",)"
            R"("payload":{"order_id":"12345"},"created_at":"2025-12-13T12:00:00Z"})");
}

}  // namespace
}  // namespace parlance::chatapi
