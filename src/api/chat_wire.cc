#include "api/chat_wire.h"

#include <vector>

#include "api/spelling.h"
#include "core/personal.h"
#include "model/interval_set.h"

namespace parlance::api {
namespace {

/// "Until I turn it back on".
constexpr Timestamp kForever = 253'402'300'799 * kSecond;

template <typename Tag>
void field_id(JsonWriter& out, std::string_view name, Id<Tag> id) {
  out.field(name, spell_decimal(id.value));
}

void field_time(JsonWriter& out, std::string_view name, Timestamp time) {
  if (time == 0) {
    out.field_null(name);
  } else {
    out.field(name, format_rfc3339(time));
  }
}

void field_text_or_null(JsonWriter& out, std::string_view name, std::string_view text) {
  if (text.empty()) {
    out.field_null(name);
  } else {
    out.field(name, text);
  }
}

void write_reactions(JsonWriter& out, std::vector<model::Reaction> const& reactions) {
  std::vector<std::string_view> emojis;
  for (auto const& reaction : reactions) {
    bool is_known = false;
    for (auto const emoji : emojis) is_known = is_known || emoji == reaction.emoji;
    if (!is_known) emojis.push_back(reaction.emoji);
  }
  out.begin_array();
  for (auto const emoji : emojis) {
    out.begin_object().field("emoji", emoji).key("userIds").begin_array();
    std::int64_t count = 0;
    for (auto const& reaction : reactions) {
      if (reaction.emoji != emoji) continue;
      out.value(reaction.external_id);
      ++count;
    }
    out.end_array().field("count", count).end_object();
  }
  out.end_array();
}

void write_me(JsonWriter& out, ChatConversation const& view) {
  auto const member = view.member.value_or(model::Member{});
  out.begin_object().field("role", member.role == model::MemberRole::admin ? "admin" : "member");
  out.field("starred", member.starred);
  field_time(out, "muteUntil", member.mute_until > kForever ? kForever : member.mute_until);
  out.field("notifyLevel", notify_level_name(member.notify_level));
  if (view.last_read_message) {
    field_id(out, "lastReadMessageId", view.last_read_message);
  } else {
    out.field_null("lastReadMessageId");
  }
  out.end_object();
}

/// Collects one event: {"type": …, "data": {…}}.
struct EventText {
  explicit EventText(std::string_view type) { out.begin_object().field("type", type).key("data").begin_object(); }
  std::string take() {
    out.end_object().end_object();
    return out.take();
  }
  JsonWriter out;
};

std::string with_message(std::string_view type, model::LiveEvent const& live) {
  if (!live.message) return {};
  JsonWriter out;
  out.begin_object().field("type", type).key("data");
  write_chat_message(out, *live.message);
  out.end_object();
  return out.take();
}

std::string with_conversation(std::string_view type, model::LiveEvent const& live) {
  if (!live.conversation) return {};
  EventText text(type);
  write_conversation_facts(text.out, *live.conversation);
  return text.take();
}

std::string about_reaction(std::string_view type, model::Event const& event) {
  EventText text(type);
  field_id(text.out, "conversationId", event.conversation);
  field_id(text.out, "messageId", event.message);
  text.out.field("seq", event.seq).field("userId", event.subject_external_id).field("emoji", event.data);
  return text.take();
}

std::string about_pin(std::string_view type, model::Event const& event) {
  EventText text(type);
  field_id(text.out, "conversationId", event.conversation);
  field_id(text.out, "messageId", event.message);
  text.out.field("seq", event.seq).field("userId", event.subject_external_id);
  return text.take();
}

std::string about_member(std::string_view type, model::Event const& event) {
  EventText text(type);
  field_id(text.out, "conversationId", event.conversation);
  text.out.field("userId", event.subject_external_id);
  if (!event.data.empty()) text.out.field("role", event.data);
  return text.take();
}

std::string about_reading(ConversationId conversation, std::string_view user, std::string_view read_set) {
  auto const read = model::IntervalSet::parse(read_set);
  EventText text("read.updated");
  field_id(text.out, "conversationId", conversation);
  text.out.field("userId", user);
  text.out.field("lastReadSeq", read && !read->empty() ? read->intervals().back().last : std::int64_t{0});
  return text.take();
}

std::string about_mention(ConversationId conversation, model::LiveEvent const& live) {
  EventText text("mention");
  field_id(text.out, "conversationId", conversation);
  field_id(text.out, "messageId", live.event.message);
  text.out.field("seq", live.event.seq);
  if (live.message) text.out.field("senderId", live.message->sender_external_id);
  return text.take();
}

std::string personal_json(model::LiveEvent const& live) {
  auto const cause = core::parse_personal(live.event.data);
  if (!cause) return {};
  using enum model::EventKind;
  if (cause->kind == message_added) return about_mention(cause->conversation, live);
  if (cause->kind == read_moved) return about_reading(cause->conversation, live.event.subject_external_id, cause->data);
  if (cause->kind == member_added) return with_conversation("conversation.added", live);
  if (cause->kind == conversation_updated || cause->kind == conversation_archived || cause->kind == member_updated)
    return with_conversation("conversation.updated", live);
  EventText text("conversation.removed");
  field_id(text.out, "id", cause->conversation);
  return text.take();
}

}  // namespace

std::string attachment_url(FileId id) { return "/chat/attachments/" + spell_decimal(id.value); }

void write_chat_attachment(JsonWriter& out, model::Attachment const& attachment) {
  out.begin_object();
  if (attachment.file) {
    field_id(out, "id", attachment.file);
    out.field("fileName", attachment.name).field("contentType", attachment.media_type).field("size", attachment.size);
    out.field("url", attachment_url(attachment.file));
  } else {
    out.field("url", attachment.target);
  }
  out.end_object();
}

void write_chat_message(JsonWriter& out, model::Message const& message) {
  out.begin_object();
  field_id(out, "id", message.id);
  field_id(out, "conversationId", message.conversation);
  out.field("seq", message.seq).field("senderId", message.sender_external_id);
  if (message.deleted_at == 0) {
    out.field("content", message.text);
  } else {
    out.field_null("content");
  }
  if (!message.client_id.empty()) out.field("clientMsgId", message.client_id);
  if (message.reply_to) field_id(out, "replyToId", message.reply_to);
  out.key("mentions").begin_array();
  for (auto const& user : message.mention_external_ids) out.value(user);
  out.end_array().key("attachments").begin_array();
  for (auto const& attachment : message.attachments) write_chat_attachment(out, attachment);
  out.end_array();
  out.field_raw("linkPreviews", message.previews.empty() ? std::string_view("[]") : message.previews);
  write_reactions(out.key("reactions"), message.reactions);
  out.field("pinned", message.pinned);
  field_time(out, "createdAt", message.created_at);
  field_time(out, "editedAt", message.edited_at);
  field_time(out, "deletedAt", message.deleted_at);
  out.end_object();
}

std::string chat_message_json(model::Message const& message) {
  JsonWriter out;
  write_chat_message(out, message);
  return out.take();
}

void write_conversation_facts(JsonWriter& out, model::Conversation const& conversation) {
  field_id(out, "id", conversation.id);
  out.field("visibility", visibility_name(conversation));
  out.field("historyMode", history_mode_name(conversation.history_mode));
  field_text_or_null(out, "name", conversation.name.value_or(""));
  field_text_or_null(out, "description", conversation.description);
  out.field("memberCount", conversation.member_count);
  field_time(out, "createdAt", conversation.created_at);
  field_time(out, "updatedAt", conversation.updated_at);
  field_time(out, "archivedAt", conversation.archived_at);
}

void write_chat_conversation(JsonWriter& out, ChatConversation const& view) {
  out.begin_object();
  write_conversation_facts(out, view.conversation);
  if (view.last_message) {
    write_chat_message(out.key("lastMessage"), *view.last_message);
  } else {
    out.field_null("lastMessage");
  }
  out.field("unreadCount", view.unread_count).field("mentionCount", view.mention_count);
  write_me(out.key("me"), view);
  out.end_object();
}

std::string_view visibility_name(model::Conversation const& conversation) {
  switch (conversation.kind) {
    case model::ConversationKind::dm: return "dm";
    case model::ConversationKind::group: return "group";
    case model::ConversationKind::private_channel: return "private";
    case model::ConversationKind::global_channel: return "global";
    case model::ConversationKind::channel:
    case model::ConversationKind::thread:
    case model::ConversationKind::stream: break;
  }
  switch (conversation.access) {
    case model::Access::members:
    case model::Access::space:
    case model::Access::parents: return "private";
    case model::Access::tenant:
    case model::Access::anyone: return "global";
  }
  return "private";
}

std::string_view history_mode_name(model::HistoryMode mode) {
  switch (mode) {
    case model::HistoryMode::full: return "full";
    case model::HistoryMode::since_join: return "since_join";
  }
  return "full";
}

std::string_view notify_level_name(model::NotifyLevel level) {
  switch (level) {
    case model::NotifyLevel::all: return "all";
    case model::NotifyLevel::mentions: return "mentions";
    case model::NotifyLevel::everyone: return "everyone";
    case model::NotifyLevel::none: return "none";
  }
  return "all";
}

std::string chat_event_json(model::LiveEvent const& live) {
  auto const& event = live.event;
  switch (event.kind) {
    using enum model::EventKind;
    case message_added: return with_message("message.created", live);
    case message_edited:
    case message_previewed: return with_message("message.updated", live);
    case message_deleted: return with_message("message.deleted", live);
    case reaction_added: return about_reaction("reaction.added", event);
    case reaction_removed: return about_reaction("reaction.removed", event);
    case message_pinned: return about_pin("message.pinned", event);
    case message_unpinned: return about_pin("message.unpinned", event);
    case member_added: return about_member("member.added", event);
    case member_removed: return about_member("member.removed", event);
    case member_left: return about_member("member.left", event);
    case member_updated: return about_member("member.updated", event);
    case read_moved: return about_reading(event.conversation, event.subject_external_id, event.data);
    case conversation_updated: return with_conversation("conversation.updated", live);
    case conversation_archived: return with_conversation("conversation.archived", live);
    case personal: return personal_json(live);
    case conversation_created:
    case publication:
    case delivered_moved:
    case notification_created:
    case user_changed:
    case tenant_changed:
    case job_added:
    case sight_changed: return {};
  }
  return {};
}

std::string chat_signal_json(realtime::Signal const& signal) {
  using enum realtime::SignalKind;
  if (signal.kind == notification) {
    auto const content = signal.notification.value_or(model::Notification{});
    EventText text("notification");
    field_id(text.out, "id", content.id);
    text.out.field("topic", content.topic);
    text.out.field_raw("payload", content.payload.empty() ? std::string_view("{}") : content.payload);
    field_time(text.out, "createdAt", content.created_at);
    return text.take();
  }
  if (signal.kind == user_online || signal.kind == user_offline) {
    EventText text("presence.updated");
    text.out.field("userId", signal.actor_external_id);
    text.out.field("status", signal.kind == user_online ? "online" : "offline");
    field_time(text.out, "at", signal.at);
    return text.take();
  }
  EventText text("typing");
  if (!signal.conversations.empty()) field_id(text.out, "conversationId", signal.conversations.front());
  text.out.field("userId", signal.actor_external_id).field("active", signal.kind == typing_started);
  return text.take();
}

}  // namespace parlance::api
