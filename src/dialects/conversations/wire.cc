#include "dialects/conversations/wire.h"

#include <fmt/format.h>

#include "api/chat_wire.h"
#include "api/spelling.h"

namespace parlance::conversations {
namespace {

constexpr std::int64_t kDefaultLimit = 50;
constexpr std::int64_t kMaxLimit = 100;

Result<std::int64_t> id_of(std::string_view text, std::string_view field) {
  auto const id = api::parse_decimal(text);
  if (!id) return invalid(std::string(field), fmt::format("{} must be a decimal id as a string", field));
  return *id;
}

void write_cursor(JsonWriter& out, std::string_view name, std::string_view cursor) {
  if (cursor.empty()) {
    out.field_null(name);
  } else {
    out.field(name, cursor);
  }
}

}  // namespace

Result<ConversationId> conversation_id_of(std::string_view text, std::string_view field) {
  return ConversationId{TRY(id_of(text, field))};
}

Result<MessageId> message_id_of(std::string_view text, std::string_view field) {
  return MessageId{TRY(id_of(text, field))};
}

Result<FileId> file_id_of(std::string_view text, std::string_view field) { return FileId{TRY(id_of(text, field))}; }

Result<std::int64_t> limit_of(std::optional<std::int64_t> const& limit) {
  if (!limit) return kDefaultLimit;
  if (*limit < 1 || *limit > kMaxLimit) return invalid("limit", fmt::format("limit must be 1 to {}", kMaxLimit));
  return *limit;
}

model::HistoryMode history_mode_of(std::optional<HistoryMode> const& mode) {
  return mode == HistoryMode::since_join ? model::HistoryMode::since_join : model::HistoryMode::full;
}

model::NotifyLevel notify_level_of(NotifyLevel level) {
  switch (level) {
    case NotifyLevel::all: return model::NotifyLevel::all;
    case NotifyLevel::mentions: return model::NotifyLevel::mentions;
    case NotifyLevel::everyone: return model::NotifyLevel::everyone;
    case NotifyLevel::none: return model::NotifyLevel::none;
  }
  return model::NotifyLevel::all;
}

NotifyLevel notify_level_name_of(model::NotifyLevel level) {
  switch (level) {
    case model::NotifyLevel::all: return NotifyLevel::all;
    case model::NotifyLevel::mentions: return NotifyLevel::mentions;
    case model::NotifyLevel::everyone: return NotifyLevel::everyone;
    case model::NotifyLevel::none: return NotifyLevel::none;
  }
  return NotifyLevel::all;
}

http::Nullable<std::string> optional_time(Timestamp time) {
  if (time == 0) return {};
  return {format_rfc3339(time)};
}

http::Response message_reply(model::Message const& message) {
  return http::Response::json(200, api::chat_message_json(message));
}

void write_view(JsonWriter& out, core::ConversationView const& view) {
  api::write_chat_conversation(out, {.conversation = view.conversation,
                                     .member = view.member,
                                     .last_message = view.last_message,
                                     .unread_count = view.unread.messages,
                                     .mention_count = view.unread.mentions,
                                     .last_read_message = view.last_read_message});
}

http::Response conversation_reply(core::ConversationView const& view, int status) {
  JsonWriter out;
  write_view(out, view);
  return http::Response::json(status, out.take());
}

void begin_list(JsonWriter& out) { out.begin_object().key("data").begin_array(); }

void end_list(JsonWriter& out, std::string_view next_cursor, std::string_view prev_cursor) {
  out.end_array().key("page").begin_object();
  write_cursor(out, "nextCursor", next_cursor);
  write_cursor(out, "prevCursor", prev_cursor);
  out.field("hasMore", !next_cursor.empty()).end_object().end_object();
}

}  // namespace parlance::conversations
