#pragma once

#include <boost/describe.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "http/describe.h"
#include "http/request.h"
#include "model/conversation.h"
#include "model/member.h"
#include "model/message.h"
#include "model/notification.h"

/// How the contract spells things. The described types are what clients send and read; what is hot is written by the
/// functions below, to the same shapes. Times are RFC 3339 in UTC; ids are `room_…`, `msg_…` and `notif_…`.
namespace parlance::chatapi {

enum class RoomType { dm, group, channel };
BOOST_DESCRIBE_ENUM(RoomType, dm, group, channel)

enum class RoleName { admin, member };
BOOST_DESCRIBE_ENUM(RoleName, admin, member)

struct NewRoom {
  RoomType type = RoomType::group;
  std::vector<std::string> members;
  std::optional<std::string> name;
  std::optional<boost::json::value> metadata;
};
BOOST_DESCRIBE_STRUCT(NewRoom, (), (type, members, name, metadata))

struct RoomChange {
  http::Patch<std::string> name;
  http::Patch<boost::json::value> metadata;
};
BOOST_DESCRIBE_STRUCT(RoomChange, (), (name, metadata))

struct Room {
  std::string room_id;
  RoomType type = RoomType::group;
  std::optional<std::string> unique_key;
  http::Nullable<std::string> name;
  std::int64_t last_seq = 0;
  std::string created_at;
  std::optional<boost::json::value> metadata;
};
BOOST_DESCRIBE_STRUCT(Room, (), (room_id, type, unique_key, name, last_seq, created_at, metadata))

struct RoomList {
  std::vector<Room> rooms;
};
BOOST_DESCRIBE_STRUCT(RoomList, (), (rooms))

struct NewMember {
  std::string user_id;
  std::optional<RoleName> role;
};
BOOST_DESCRIBE_STRUCT(NewMember, (), (user_id, role))

struct RoomMember {
  std::string user_id;
  RoleName role = RoleName::member;
  std::string joined_at;
};
BOOST_DESCRIBE_STRUCT(RoomMember, (), (user_id, role, joined_at))

struct NewRoomMessage {
  std::string content;
  std::optional<boost::json::value> meta;
};
BOOST_DESCRIBE_STRUCT(NewRoomMessage, (), (content, meta))

struct SentRoomMessage {
  std::string message_id;
  std::int64_t seq = 0;
  std::string created_at;
};
BOOST_DESCRIBE_STRUCT(SentRoomMessage, (), (message_id, seq, created_at))

struct RoomMessage {
  std::string message_id;
  std::string sender_id;
  std::int64_t seq = 0;
  std::string content;
  std::optional<boost::json::value> meta;
  std::string created_at;
  std::optional<std::string> edited_at;
};
BOOST_DESCRIBE_STRUCT(RoomMessage, (), (message_id, sender_id, seq, content, meta, created_at, edited_at))

struct MessageChange {
  std::string content;
};
BOOST_DESCRIBE_STRUCT(MessageChange, (), (content))

struct Ack {
  std::string room_id;
  std::int64_t seq = 0;
};
BOOST_DESCRIBE_STRUCT(Ack, (), (room_id, seq))

struct Success {
  bool success = true;
};
BOOST_DESCRIBE_STRUCT(Success, (), (success))

struct NotificationTargets {
  std::optional<std::vector<std::string>> user_ids;
  std::optional<std::string> room_id;
  std::optional<bool> topic_subscribers;
};
BOOST_DESCRIBE_STRUCT(NotificationTargets, (), (user_ids, room_id, topic_subscribers))

struct NewRoomNotification {
  std::string topic;
  boost::json::object payload;
  std::optional<NotificationTargets> targets;
};
BOOST_DESCRIBE_STRUCT(NewRoomNotification, (), (topic, payload, targets))

struct AcceptedNotification {
  std::string notification_id;
  std::string created_at;
};
BOOST_DESCRIBE_STRUCT(AcceptedNotification, (), (notification_id, created_at))

struct NewSubscription {
  std::string topic;
};
BOOST_DESCRIBE_STRUCT(NewSubscription, (), (topic))

struct TopicSubscriber {
  std::int64_t id = 0;
  std::string subscriber_id;
  std::string topic;
  std::string created_at;
};
BOOST_DESCRIBE_STRUCT(TopicSubscriber, (), (id, subscriber_id, topic, created_at))

struct SubscriptionList {
  std::vector<TopicSubscriber> subscriptions;
};
BOOST_DESCRIBE_STRUCT(SubscriptionList, (), (subscriptions))

struct ConnectionToken {
  std::string token;
  int expires_in = 0;  ///< seconds
};
BOOST_DESCRIBE_STRUCT(ConnectionToken, (), (token, expires_in))

struct Health {
  std::string status;
  std::string service;
  std::string uptime;
  bool db_writable = false;
};
BOOST_DESCRIBE_STRUCT(Health, (), (status, service, uptime, db_writable))

struct FailedRoomMessage {
  std::string id;  ///< for the redrive
  std::string message_id;
  std::string user_id;
  std::string room_id;
  std::int64_t attempts = 0;
  std::string last_attempt_at;
  std::string error;
};
BOOST_DESCRIBE_STRUCT(FailedRoomMessage, (), (id, message_id, user_id, room_id, attempts, last_attempt_at, error))

struct FailedNotification {
  std::string id;  ///< for the redrive; that of the notification
  std::string notification_id;
  std::string topic;
  std::string user_id;
  std::int64_t attempts = 0;
  std::string last_attempt_at;
  std::string error;
};
BOOST_DESCRIBE_STRUCT(FailedNotification, (), (id, notification_id, topic, user_id, attempts, last_attempt_at, error))

struct DeadLetters {
  std::vector<FailedRoomMessage> failed_messages;
  std::vector<FailedNotification> failed_notifications;
};
BOOST_DESCRIBE_STRUCT(DeadLetters, (), (failed_messages, failed_notifications))

struct ErrorBody {
  std::string code;
  std::string message;
  std::optional<std::string> field;
};
BOOST_DESCRIBE_STRUCT(ErrorBody, (), (code, message, field))

struct ErrorEnvelope {
  bool success = false;
  ErrorBody error;
};
BOOST_DESCRIBE_STRUCT(ErrorEnvelope, (), (success, error))

/// Rooms that other dialects made are rooms too: what is open to more than its members reads as a channel.
RoomType room_type(model::ConversationKind kind);

void write_room(JsonWriter& out, model::Conversation const& room);
void write_member(JsonWriter& out, model::Member const& member);
void write_message(JsonWriter& out, model::Message const& message);
TopicSubscriber subscriber_of(model::TopicSubscription const& subscription, std::string_view user_id);

/// The text of a message's fields without the braces around them, shared by REST and the WebSocket.
void write_message_meta(JsonWriter& out, model::Message const& message);

/// "2h30m45s": whole seconds in hours, minutes and seconds, without leading zero units.
std::string format_uptime(std::int64_t seconds);

/// The described body of a request. Every error names a field: "body" where no narrower one is at fault.
template <typename T>
Result<T> read_body(http::Request const& request) {
  auto body = http::decode_body<T>(request);
  if (!body && body.error().field.empty()) body.error().field = "body";
  return body;
}

/// `room_…`, or not_found: a malformed id answers like an absent one.
Result<ConversationId> room_id_of(std::string_view text);
/// The same of "{room_id}" and "{message_id}" in the path.
Result<ConversationId> room_in_path(http::Request const& request);
Result<MessageId> message_in_path(http::Request const& request);

/// Where a page of a list begins and how long it is.
struct Page {
  std::int64_t limit = 50;
  std::int64_t offset = 0;
};
/// `limit` (from 1; above `most` it is `most`; default 50) and `offset` (from 0), else invalid_argument on that name.
Result<Page> page_of(http::Request const& request, std::int64_t most = 100);
/// A query parameter that is a number from `least` on; above `most` it is `most`.
Result<std::int64_t> number_in_query(http::Request const& request, std::string_view name, std::int64_t fallback,
                                     std::int64_t least, std::int64_t most);

/// What a message may hold: refused before it queues for a write. invalid_argument on "content".
Result<void> check_content(std::string_view content);

/// core/ speaks of a message's text; the contract of its content.
Error in_words_of_the_contract(Error error);

}  // namespace parlance::chatapi
