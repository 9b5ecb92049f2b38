#include "dialects/chatapi/wire.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "api/spelling.h"
#include "base/clock.h"
#include "base/text.h"
#include "core/limits.h"

namespace parlance::chatapi {

RoomType room_type(model::ConversationKind kind) {
  switch (kind) {
    case model::ConversationKind::dm: return RoomType::dm;
    case model::ConversationKind::group: return RoomType::group;
    case model::ConversationKind::private_channel: return RoomType::channel;
    case model::ConversationKind::thread: return RoomType::group;
    case model::ConversationKind::channel: return RoomType::channel;
    case model::ConversationKind::global_channel: return RoomType::channel;
    case model::ConversationKind::stream: return RoomType::channel;
  }
  return RoomType::group;
}

void write_room(JsonWriter& out, model::Conversation const& room) {
  out.begin_object().field("room_id", api::spell_room(room.id)).key("type");
  http::encode(out, room_type(room.kind));
  if (!room.unique_key.empty()) out.field("unique_key", room.unique_key);
  if (room.name) {
    out.field("name", *room.name);
  } else {
    out.field_null("name");
  }
  out.field("last_seq", room.last_seq).field("created_at", format_rfc3339(room.created_at));
  if (room.metadata) out.field_raw("metadata", *room.metadata);
  out.end_object();
}

void write_member(JsonWriter& out, model::Member const& member) {
  out.begin_object().field("user_id", member.external_id);
  out.field("role", member.role == model::MemberRole::admin ? "admin" : "member");
  out.field("joined_at", format_rfc3339(member.joined_at)).end_object();
}

void write_message_meta(JsonWriter& out, model::Message const& message) {
  if (!message.meta.empty()) out.field_raw("meta", message.meta);
}

void write_message(JsonWriter& out, model::Message const& message) {
  out.begin_object().field("message_id", api::spell_message(message.id));
  out.field("sender_id", message.sender_external_id).field("seq", message.seq).field("content", message.text);
  write_message_meta(out, message);
  out.field("created_at", format_rfc3339(message.created_at));
  if (message.edited_at != 0) out.field("edited_at", format_rfc3339(message.edited_at));
  out.end_object();
}

TopicSubscriber subscriber_of(model::TopicSubscription const& subscription, std::string_view user_id) {
  return {subscription.id, std::string(user_id), subscription.topic, format_rfc3339(subscription.created_at)};
}

std::string format_uptime(std::int64_t seconds) {
  auto const hours = seconds / 3600;
  auto const minutes = seconds / 60 % 60;
  if (hours > 0) return fmt::format("{}h{}m{}s", hours, minutes, seconds % 60);
  if (minutes > 0) return fmt::format("{}m{}s", minutes, seconds % 60);
  return fmt::format("{}s", seconds);
}

Result<ConversationId> room_id_of(std::string_view text) {
  auto const id = api::parse_room(text);
  if (!id) return fail(Errc::not_found, "no such conversation");
  return *id;
}

Result<ConversationId> room_in_path(http::Request const& request) {
  return room_id_of(request.path_parameter("room_id"));
}

Result<MessageId> message_in_path(http::Request const& request) {
  auto const id = api::parse_message(request.path_parameter("message_id"));
  if (!id) return fail(Errc::not_found, "no such message");
  return *id;
}

Result<std::int64_t> number_in_query(http::Request const& request, std::string_view name, std::int64_t fallback,
                                     std::int64_t least, std::int64_t most) {
  auto const text = request.query(name);
  if (!text) {
    if (request.has_query(name)) return invalid(std::string(name), fmt::format("{} must be text", name));
    return fallback;
  }
  auto const is_digits = !text->empty() && std::ranges::all_of(*text, [](char c) { return c >= '0' && c <= '9'; });
  auto const number = parse_integer(*text).value_or(is_digits ? most : std::numeric_limits<std::int64_t>::min());
  if (number < least) {
    return invalid(std::string(name), fmt::format("{} must be a number, at least {}", name, least));
  }
  return std::min(number, most);
}

Result<Page> page_of(http::Request const& request, std::int64_t most) {
  constexpr std::int64_t kMaxOffset = 1'000'000'000'000;
  return Page{TRY(number_in_query(request, "limit", 50, 1, most)),
              TRY(number_in_query(request, "offset", 0, 0, kMaxOffset))};
}

Result<void> check_content(std::string_view content) {
  if (content.empty()) return invalid("content", "content must not be empty");
  if (content.size() > core::kMaxTextBytes) {
    return invalid("content", fmt::format("content is longer than {} bytes", core::kMaxTextBytes));
  }
  return {};
}

Error in_words_of_the_contract(Error error) {
  if (error.field == "text") {
    error.field = "content";
    if (error.message.starts_with("text ")) error.message.replace(0, 4, "content");
  }
  return error;
}

}  // namespace parlance::chatapi
