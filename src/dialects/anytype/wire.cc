#include "dialects/anytype/wire.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "api/spelling.h"
#include "base/clock.h"
#include "base/text.h"
#include "dialects/anytype/positions.h"

namespace parlance::anytype {
namespace {

constexpr std::int64_t kMaxPage = 1'000;
constexpr std::string_view kParticipant = "_participant_";

struct StyleName {
  model::TextStyle style;
  std::string_view name;
};

/// The first name of a style is the one that is written; later ones of the original are understood.
constexpr std::array kStyles{
    StyleName{model::TextStyle::paragraph, "paragraph"},
    StyleName{model::TextStyle::header1, "header1"},
    StyleName{model::TextStyle::header2, "header2"},
    StyleName{model::TextStyle::header3, "header3"},
    StyleName{model::TextStyle::header4, "header4"},
    StyleName{model::TextStyle::quote, "quote"},
    StyleName{model::TextStyle::code, "code"},
    StyleName{model::TextStyle::title, "title"},
    StyleName{model::TextStyle::checkbox, "checkbox"},
    StyleName{model::TextStyle::marked, "marked"},
    StyleName{model::TextStyle::numbered, "numbered"},
    StyleName{model::TextStyle::toggle, "toggle"},
    StyleName{model::TextStyle::description, "description"},
    StyleName{model::TextStyle::callout, "callout"},
    StyleName{model::TextStyle::marked, "bulleted"},
};

std::string_view name_of(model::AttachmentKind kind) {
  switch (kind) {
    case model::AttachmentKind::file: return "file";
    case model::AttachmentKind::image: return "image";
    case model::AttachmentKind::link: return "link";
  }
  return "file";
}

model::AttachmentKind parse_attachment_kind(std::string_view name) {
  if (name == "image") return model::AttachmentKind::image;
  if (name == "link") return model::AttachmentKind::link;
  return model::AttachmentKind::file;
}

void write_attachments(JsonWriter& out, std::vector<model::Attachment> const& attachments) {
  out.begin_array();
  for (auto const& attachment : attachments) {
    out.begin_object();
    if (attachment.file) {
      out.field("target", api::spell_cid(api::CidType::file, attachment.file.value));
    } else {
      out.field("target", attachment.target);
    }
    out.field("type", name_of(attachment.kind)).end_object();
  }
  out.end_array();
}

http::Nullable<boost::json::value> icon_of(std::string const& stored) {
  auto icon = stored.empty() ? Result<boost::json::value>(nullptr) : parse_json(stored);
  if (!icon || icon->is_null()) return {};
  return {*std::move(icon)};
}

std::string_view role_name(model::SpaceRole role) { return core::role_name(role); }

}  // namespace

void write_reactions(JsonWriter& out, std::vector<model::Reaction> const& reactions) {
  std::vector<std::string_view> written;
  out.begin_object();
  for (auto const& first : reactions) {
    if (std::ranges::find(written, first.emoji) != written.end()) continue;
    written.push_back(first.emoji);
    out.key(first.emoji).begin_array();
    for (auto const& reaction : reactions) {
      if (reaction.emoji == first.emoji) out.value(reaction.external_id);
    }
    out.end_array();
  }
  out.end_object();
}

void write_message(JsonWriter& out, model::Message const& message, MessageFlags flags) {
  auto const modified_at = message.edited_at != 0 ? message.edited_at : message.created_at;
  out.begin_object().field("object", "chat_message");
  out.field("id", api::spell_cid(api::CidType::message, message.id.value));
  out.field("order_id", format_order_id(message.seq)).field("state_id", format_state_id(message.added_offset));
  out.field("creator", message.sender_external_id);
  out.field("created_at", message.created_at / kSecond).field("modified_at", modified_at / kSecond);
  if (message.reply_to) {
    out.field("reply_to_message_id", api::spell_cid(api::CidType::message, message.reply_to.value));
  }
  out.key("content").begin_object().field("text", message.text).field("style", style_name(message.style));
  if (!message.marks.empty()) out.field_raw("marks", message.marks);
  out.end_object();
  write_attachments(out.key("attachments"), message.attachments);
  write_reactions(out.key("reactions"), message.reactions);
  out.field("read", flags.read).field("has_mention", flags.has_mention).field("mention_read", flags.mention_read);
  out.end_object();
}

ChatSpace space_of(model::Space const& space) {
  ChatSpace answer;
  answer.object = "space";
  answer.id = api::spell_cid(api::CidType::space, space.id.value);
  answer.name = space.name;
  answer.icon = icon_of(space.icon);
  answer.description = space.description;
  answer.chat_id = api::spell_cid(api::CidType::conversation, space.main_conversation.value);
  return answer;
}

Chat chat_of(model::Conversation const& conversation) {
  Chat answer;
  answer.object = "chat";
  answer.id = api::spell_cid(api::CidType::conversation, conversation.id.value);
  answer.space_id = api::spell_cid(api::CidType::space, conversation.space.value);
  answer.name = conversation.name ? *conversation.name : conversation.subject;
  answer.icon = icon_of(conversation.icon);
  answer.created_at = conversation.created_at / kSecond;
  return answer;
}

ChatSpaceMember member_of(core::SpaceMemberView const& view) {
  ChatSpaceMember answer;
  answer.object = "member";
  answer.id = format_participant(view.member.space, view.external_id);
  answer.name = view.name.empty() ? view.external_id : view.name;
  answer.identity = view.external_id;
  answer.status = "active";
  answer.role = role_name(view.member.role);
  return answer;
}

std::string_view style_name(model::TextStyle style) {
  auto const found = std::ranges::find(kStyles, style, &StyleName::style);
  return found == kStyles.end() ? "paragraph" : found->name;
}

model::TextStyle parse_style(std::string_view name) {
  auto const found = std::ranges::find(kStyles, name, &StyleName::name);
  return found == kStyles.end() ? model::TextStyle::paragraph : found->style;
}

std::vector<model::Attachment> attachments_from(std::vector<ChatMessageAttachment> const& attachments) {
  std::vector<model::Attachment> stored;
  stored.reserve(attachments.size());
  for (auto const& attachment : attachments) {
    model::Attachment each;
    each.kind = parse_attachment_kind(attachment.type.value_or("file"));
    each.target = attachment.target;
    bool const may_be_file = each.kind != model::AttachmentKind::link;
    if (auto const id = api::parse_cid(api::CidType::file, attachment.target); id && may_be_file) each.file = {*id};
    stored.push_back(std::move(each));
  }
  return stored;
}

Result<std::string> icon_from(boost::json::value const& icon) {
  if (icon.is_null()) return std::string();
  auto const* const object = icon.if_object();
  auto const text = [&](std::string_view name) -> std::optional<std::string_view> {
    auto const* const value = object == nullptr ? nullptr : object->if_contains(name);
    if (value == nullptr || !value->is_string()) return std::nullopt;
    return std::string_view(value->get_string());
  };
  auto const format = text("format").value_or("");
  JsonWriter out;
  out.begin_object().field("format", format);
  for (auto const& [wanted, names] : {std::pair<std::string_view, std::vector<std::string_view>>{"emoji", {"emoji"}},
                                      {"file", {"file"}},
                                      {"icon", {"name", "color"}}}) {
    if (format != wanted) continue;
    for (auto const name : names) {
      auto const value = text(name);
      if (!value) return invalid("icon", fmt::format("icon.{} must be a string", name));
      out.field(name, *value);
    }
    return out.end_object().take();
  }
  return invalid("icon", "icon.format must be one of emoji, file, icon");
}

std::string format_participant(SpaceId space, std::string_view identity) {
  return fmt::format("{}{}_{}", kParticipant, api::spell_cid(api::CidType::space, space.value), identity);
}

std::optional<std::string_view> parse_participant(SpaceId space, std::string_view text) {
  if (!text.starts_with(kParticipant)) return text;
  auto const prefix = format_participant(space, "");
  if (!text.starts_with(prefix)) return std::nullopt;
  return text.substr(prefix.size());
}

Result<SpaceId> space_in_path(http::Request const& request) {
  auto const id = api::parse_cid(api::CidType::space, request.path_parameter("space_id"));
  if (!id) return fail(Errc::not_found, "space not found");
  return SpaceId{*id};
}

Result<MessageId> message_in_path(http::Request const& request) {
  auto const id = api::parse_cid(api::CidType::message, request.path_parameter("message_id"));
  if (!id) return fail(Errc::not_found, "message not found");
  return MessageId{*id};
}

Result<ChatPath> chat_in_path(http::Request const& request) {
  auto const space = TRY(space_in_path(request));
  auto const id = api::parse_cid(api::CidType::conversation, request.path_parameter("chat_id"));
  if (!id) return fail(Errc::not_found, "chat not found");
  return ChatPath{space, ConversationId{*id}};
}

Result<std::int64_t> limit_of(http::Request const& request, std::int64_t fallback) {
  auto const text = request.query("limit");
  if (!text) return fallback;
  auto const number = parse_integer(*text);
  if (!number || *number < 1 || *number > kMaxPage) {
    return invalid("limit", fmt::format("limit must be between 1 and {}", kMaxPage));
  }
  return *number;
}

Result<Page> page_of(http::Request const& request) {
  Page page;
  page.limit = TRY(limit_of(request, page.limit));
  page.offset = std::max<std::int64_t>(0, parse_integer(request.query("offset").value_or("")).value_or(0));
  return page;
}

ChatPagination pagination_of(Page page, std::int64_t total) {
  return {total, page.offset, page.limit, page.offset < total && total - page.offset > page.limit};
}

}  // namespace parlance::anytype
