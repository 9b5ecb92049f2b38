#include "dialects/snapbooks/wire.h"

#include <fmt/format.h>

#include <algorithm>

#include "api/spelling.h"
#include "base/clock.h"
#include "base/text.h"
#include "core/code_blocks.h"

namespace parlance::snapbooks {
namespace {

constexpr std::int64_t kMaxPerPage = 100;
constexpr std::int64_t kMaxPage = 1'000'000'000;

void write_id_or_null(JsonWriter& out, std::string_view name, std::int64_t id) {
  if (id == 0) {
    out.field_null(name);
  } else {
    out.field(name, id);
  }
}

std::string_view mode_name(core::RunMode mode) {
  switch (mode) {
    case core::RunMode::preview: return "preview";
    case core::RunMode::write: return "write";
  }
  return "preview";
}

/// What messages and drafts have in common, up to is_draft.
struct Head {
  MessageId id;
  ConversationId thread;
  std::string_view text;
  Timestamp created_at = 0;
  UserId author;
};

void write_head(JsonWriter& out, Head const& head) {
  out.begin_object().field("id", head.id.value).field("thread_id", head.thread.value).field("message", head.text);
  out.field("created_at", format_rfc3339(head.created_at));
  out.field("created_by_id", head.author.value).field("from_user_id", head.author.value);
}

void write_thread_fields(JsonWriter& out, core::AccountThread const& thread) {
  auto const& conversation = thread.conversation;
  out.begin_object().field("id", conversation.id.value).field("client_account_id", conversation.space.value);
  write_id_or_null(out, "provider_client_account_id", conversation.provider_space.value);
  if (conversation.relation_type.empty()) {
    out.field_null("relation_type");
  } else {
    out.field("relation_type", conversation.relation_type);
  }
  write_id_or_null(out, "relation_id", conversation.relation_id);
  out.field("created_by_id", conversation.created_by.value);
  out.field("created_at", format_rfc3339(conversation.created_at));
  if (conversation.last_message_at == 0) {
    out.field_null("last_message_created_at");
  } else {
    out.field("last_message_created_at", format_rfc3339(conversation.last_message_at));
  }
  out.field("subject", conversation.subject).field("is_completed", thread.completed_at != 0);
  out.field("is_archived", conversation.archived_at != 0);
}

template <typename IdType>
Result<IdType> id_in_path(http::Request const& request, std::string_view name, std::string_view noun) {
  auto const id = api::parse_decimal(request.path_parameter(name));
  if (!id) return fail(Errc::not_found, fmt::format("no such {}", noun));
  return IdType{*id};
}

}  // namespace

void write_thread(JsonWriter& out, core::AccountThread const& thread) {
  write_thread_fields(out, thread);
  out.end_object();
}

void write_thread_detail(JsonWriter& out, ShownThread const& shown) {
  write_thread_fields(out, shown.thread);
  out.key("messages").begin_array();
  for (auto const& message : shown.messages) write_message(out, message);
  for (auto const& draft : shown.drafts) write_draft(out, draft);
  out.end_array().key("participants").begin_array();
  for (auto const& participant : shown.participants) {
    write_participant(out, shown.thread.conversation.id, participant);
  }
  out.end_array().end_object();
}

void write_message(JsonWriter& out, ShownMessage const& shown) {
  auto const& message = shown.message;
  write_head(out, {message.id, message.conversation, message.text, message.created_at, message.sender});
  out.field("is_draft", false);
  if (shown.result) {
    out.field_raw("action_items", shown.result->items).field("action_mode", mode_name(shown.result->mode));
  } else {
    out.key("action_items").begin_array().end_array().field_null("action_mode");
  }
  out.end_object();
}

void write_draft(JsonWriter& out, core::Draft const& draft) {
  auto const text = core::hide_code(draft.text);
  write_head(out, {draft.id, draft.conversation, text, draft.created_at, draft.author});
  out.field("is_draft", true).key("action_items").begin_array().end_array().field_null("action_mode").end_object();
}

void write_participant(JsonWriter& out, ConversationId thread, core::Participant const& participant) {
  out.begin_object().field("id", participant.id).field("thread_id", thread.value);
  out.field("user_id", participant.user.value).end_object();
}

Result<Page> page_of(http::Request const& request) {
  auto const page = TRY(integer_in_query(request, "page")).value_or(1);
  auto const size = TRY(integer_in_query(request, "per_page")).value_or(kMaxPerPage);
  if (page < 1 || page > kMaxPage) return invalid("page", "page must be a number from 1");
  if (size < 1) return invalid("per_page", "per_page must be a number from 1");
  return Page{page, std::min(size, kMaxPerPage)};
}

void write_pagination(JsonWriter& out, Page const& page, std::int64_t total) {
  auto const pages = (total + page.size - 1) / page.size;
  out.key("pagination").begin_object().field("page", page.number).field("per_page", page.size);
  out.field("total", total).field("total_pages", pages).field("hasMore", page.number < pages);
  out.field_null("nextCursor").field_null("prevCursor").end_object();
}

Result<std::optional<std::int64_t>> integer_in_query(http::Request const& request, std::string_view name) {
  if (!request.has_query(name)) return std::nullopt;
  auto const text = request.query(name);
  auto const number = text ? parse_integer(*text) : std::nullopt;
  if (!number) return invalid(std::string(name), fmt::format("{} must be an integer", name));
  return number;
}

Result<std::optional<std::string>> text_in_query(http::Request const& request, std::string_view name) {
  if (!request.has_query(name)) return std::nullopt;
  auto text = request.query(name);
  if (!text) return invalid(std::string(name), fmt::format("{} must be text", name));
  if (text->empty()) return std::nullopt;
  return text;
}

Result<ConversationId> thread_in_path(http::Request const& request) {
  return id_in_path<ConversationId>(request, "thread_id", "thread");
}

Result<MessageId> message_in_path(http::Request const& request) {
  return id_in_path<MessageId>(request, "message_id", "message");
}

}  // namespace parlance::snapbooks
