#include "dialects/conversations/errors.h"

#include <string_view>
#include <utility>

#include "base/json.h"
#include "http/status.h"

namespace parlance::conversations {
namespace {

constexpr std::pair<std::string_view, std::string_view> kWords[] = {
    {"text", "content"},
    {"reply_to", "replyToId"},
    {"client_id", "clientMsgId"},
    {"attachments", "attachmentIds"},
    {"notify_level", "notifyLevel"},
    {"mute_until", "muteUntil"},
    {"members", "memberIds"},
    {"user_id", "userId"},
    {"media_type", "contentType"},
    {"file_name", "fileName"},
};

/// "attachments[2]" begins with the word "attachments".
bool begins_with_word(std::string_view text, std::string_view word) {
  if (!text.starts_with(word)) return false;
  auto const rest = text.substr(word.size());
  return rest.empty() || rest.front() == '[' || rest.front() == ' ';
}

}  // namespace

Error in_words_of_the_contract(Error error) {
  for (auto const& [ours, theirs] : kWords) {
    if (!begins_with_word(error.field, ours)) continue;
    error.field.replace(0, ours.size(), theirs);
    if (begins_with_word(error.message, ours)) error.message.replace(0, ours.size(), theirs);
    break;
  }
  return error;
}

http::Response error_response(Error const& error, http::Request const&) {
  JsonWriter out;
  out.begin_object().key("error").begin_object();
  out.field("code", http::name_of(error.code)).field("message", error.message);
  // Of credentials the field is a reason, not a part of the input.
  bool const names_field = !error.field.empty() && error.code != Errc::unauthenticated;
  if (names_field || error.retry_after_seconds > 0) {
    out.key("details").begin_object();
    if (names_field) out.field("field", error.field);
    if (error.retry_after_seconds > 0) out.field("retryAfterSeconds", error.retry_after_seconds);
    out.end_object();
  }
  out.end_object().end_object();
  return http::Response::json(http::status_of(error.code), out.take());
}

}  // namespace parlance::conversations
