#include "nats/model_wire.h"

#include <memory>
#include <utility>

#include "base/packed.h"

// The structured bindings below are there to break the build when a noun gets a new field: give it a number then.
namespace parlance::nats {
namespace {

/// False where the number is none of the enumeration's, which goes from 0 to `last`.
template <class Enum>
bool read_enum(std::int64_t number, Enum last, Enum& value) {
  if (number < 0 || number > static_cast<std::int64_t>(last)) return false;
  value = static_cast<Enum>(number);
  return true;
}

std::string pack(model::Attachment const& attachment) {
  auto const& [kind, file, target, name, media_type, size] = attachment;
  PackedWriter out;
  out.number(1, static_cast<std::int64_t>(kind)).id(2, file).text(3, target);
  out.text(4, name).text(5, media_type).number(6, size);
  return out.take();
}

std::optional<model::Attachment> unpack_attachment(std::string_view bytes) {
  model::Attachment attachment;
  PackedReader in(bytes);
  while (in.next()) {
    switch (in.field()) {
      case 1:
        if (!read_enum(in.number(), model::AttachmentKind::link, attachment.kind)) return std::nullopt;
        break;
      case 2: attachment.file = in.id<FileId>(); break;
      case 3: attachment.target = in.text(); break;
      case 4: attachment.name = in.text(); break;
      case 5: attachment.media_type = in.text(); break;
      case 6: attachment.size = in.number(); break;
      default: break;
    }
  }
  if (in.has_failed()) return std::nullopt;
  return attachment;
}

std::string pack(model::Reaction const& reaction) {
  auto const& [user, emoji, external_id] = reaction;
  PackedWriter out;
  out.id(1, user).text(2, emoji).text(3, external_id);
  return out.take();
}

std::optional<model::Reaction> unpack_reaction(std::string_view bytes) {
  model::Reaction reaction;
  PackedReader in(bytes);
  while (in.next()) {
    switch (in.field()) {
      case 1: reaction.user = in.id<UserId>(); break;
      case 2: reaction.emoji = in.text(); break;
      case 3: reaction.external_id = in.text(); break;
      default: break;
    }
  }
  if (in.has_failed()) return std::nullopt;
  return reaction;
}

std::string pack(model::Message const& message) {
  auto const& [id, tenant, conversation, seq, added_offset, sender, sender_external_id, text, style, marks, meta,
               reply_to, client_id, xid, previews, pinned, created_at, edited_at, deleted_at, attachments, reactions,
               mentions, mention_external_ids] = message;
  PackedWriter out;
  out.id(1, id).id(2, tenant).id(3, conversation).number(4, seq).number(5, added_offset);
  out.id(6, sender).text(7, sender_external_id).text(8, text).number(9, static_cast<std::int64_t>(style));
  out.text(10, marks).text(11, meta).id(12, reply_to).text(13, client_id).text(14, xid).text(15, previews);
  out.number(16, pinned ? 1 : 0).number(17, created_at).number(18, edited_at).number(19, deleted_at);
  for (auto const& attachment : attachments) out.item(20, pack(attachment));
  for (auto const& reaction : reactions) out.item(21, pack(reaction));
  for (auto const mention : mentions) out.item(22, mention.value);
  for (auto const& mention : mention_external_ids) out.item(23, mention);
  return out.take();
}

/// False where a part of it makes no sense.
bool read_part(PackedReader const& in, model::Message& message) {
  switch (in.field()) {
    case 9: return read_enum(in.number(), model::TextStyle::callout, message.style);
    case 20:
      if (auto attachment = unpack_attachment(in.text())) {
        message.attachments.push_back(*std::move(attachment));
        return true;
      }
      return false;
    case 21:
      if (auto reaction = unpack_reaction(in.text())) {
        message.reactions.push_back(*std::move(reaction));
        return true;
      }
      return false;
    case 22: message.mentions.push_back(in.id<UserId>()); return true;
    case 23: message.mention_external_ids.emplace_back(in.text()); return true;
    default: return true;
  }
}

std::shared_ptr<model::Message const> unpack_message(std::string_view bytes) {
  auto message = std::make_shared<model::Message>();
  PackedReader in(bytes);
  while (in.next()) {
    switch (in.field()) {
      case 1: message->id = in.id<MessageId>(); break;
      case 2: message->tenant = in.id<TenantId>(); break;
      case 3: message->conversation = in.id<ConversationId>(); break;
      case 4: message->seq = in.number(); break;
      case 5: message->added_offset = in.number(); break;
      case 6: message->sender = in.id<UserId>(); break;
      case 7: message->sender_external_id = in.text(); break;
      case 8: message->text = in.text(); break;
      case 10: message->marks = in.text(); break;
      case 11: message->meta = in.text(); break;
      case 12: message->reply_to = in.id<MessageId>(); break;
      case 13: message->client_id = in.text(); break;
      case 14: message->xid = in.text(); break;
      case 15: message->previews = in.text(); break;
      case 16: message->pinned = in.number() != 0; break;
      case 17: message->created_at = in.number(); break;
      case 18: message->edited_at = in.number(); break;
      case 19: message->deleted_at = in.number(); break;
      default:
        if (!read_part(in, *message)) return nullptr;
    }
  }
  // Both lists are of the same mentions.
  bool const is_sound = !in.has_failed() && message->mentions.size() == message->mention_external_ids.size();
  return is_sound ? message : nullptr;
}

std::string pack(model::Conversation const& conversation) {
  auto const& [id, tenant, space, kind, access, history_mode, hidden, name, subject, summary, description, icon,
               unique_key, relation_type, relation_id, provider_space, metadata, xid, bits, member_count, last_seq,
               last_offset, epoch, last_message, last_message_at, created_by, created_at, updated_at, archived_at] =
      conversation;
  PackedWriter out;
  // A reader begins with another kind than 0.
  out.id(1, id).id(2, tenant).id(3, space).item(4, static_cast<std::int64_t>(kind));
  out.number(5, static_cast<std::int64_t>(access)).number(6, static_cast<std::int64_t>(history_mode));
  out.number(7, hidden ? 1 : 0);
  if (name) out.item(8, *name);
  out.text(9, subject).text(10, summary).text(11, description).text(12, icon).text(13, unique_key);
  out.text(14, relation_type).number(15, relation_id).id(16, provider_space);
  if (metadata) out.item(17, *metadata);
  out.text(18, xid).number(19, bits).number(20, member_count).number(21, last_seq).number(22, last_offset);
  out.number(23, epoch).id(24, last_message).number(25, last_message_at).id(26, created_by);
  out.number(27, created_at).number(28, updated_at).number(29, archived_at);
  return out.take();
}

/// The counters and times of a conversation.
void read_numbers(PackedReader const& in, model::Conversation& conversation) {
  switch (in.field()) {
    case 15: conversation.relation_id = in.number(); break;
    case 16: conversation.provider_space = in.id<SpaceId>(); break;
    case 19: conversation.bits = in.number(); break;
    case 20: conversation.member_count = in.number(); break;
    case 21: conversation.last_seq = in.number(); break;
    case 22: conversation.last_offset = in.number(); break;
    case 23: conversation.epoch = in.number(); break;
    case 24: conversation.last_message = in.id<MessageId>(); break;
    case 25: conversation.last_message_at = in.number(); break;
    case 26: conversation.created_by = in.id<UserId>(); break;
    case 27: conversation.created_at = in.number(); break;
    case 28: conversation.updated_at = in.number(); break;
    case 29: conversation.archived_at = in.number(); break;
    default: break;
  }
}

std::shared_ptr<model::Conversation const> unpack_conversation(std::string_view bytes) {
  auto conversation = std::make_shared<model::Conversation>();
  bool is_known = true;
  PackedReader in(bytes);
  while (is_known && in.next()) {
    switch (in.field()) {
      case 1: conversation->id = in.id<ConversationId>(); break;
      case 2: conversation->tenant = in.id<TenantId>(); break;
      case 3: conversation->space = in.id<SpaceId>(); break;
      case 4: is_known = read_enum(in.number(), model::ConversationKind::stream, conversation->kind); break;
      case 5: is_known = read_enum(in.number(), model::Access::anyone, conversation->access); break;
      case 6: is_known = read_enum(in.number(), model::HistoryMode::since_join, conversation->history_mode); break;
      case 7: conversation->hidden = in.number() != 0; break;
      case 8: conversation->name = in.text(); break;
      case 9: conversation->subject = in.text(); break;
      case 10: conversation->summary = in.text(); break;
      case 11: conversation->description = in.text(); break;
      case 12: conversation->icon = in.text(); break;
      case 13: conversation->unique_key = in.text(); break;
      case 14: conversation->relation_type = in.text(); break;
      case 17: conversation->metadata = in.text(); break;
      case 18: conversation->xid = in.text(); break;
      default: read_numbers(in, *conversation);
    }
  }
  return is_known && !in.has_failed() ? conversation : nullptr;
}

std::string pack(model::Notification const& notification) {
  auto const& [id, tenant, topic, payload, created_at] = notification;
  PackedWriter out;
  out.id(1, id).id(2, tenant).text(3, topic).text(4, payload).number(5, created_at);
  return out.take();
}

std::optional<model::Notification> unpack_notification(std::string_view bytes) {
  model::Notification notification;
  PackedReader in(bytes);
  while (in.next()) {
    switch (in.field()) {
      case 1: notification.id = in.id<NotificationId>(); break;
      case 2: notification.tenant = in.id<TenantId>(); break;
      case 3: notification.topic = in.text(); break;
      case 4: notification.payload = in.text(); break;
      case 5: notification.created_at = in.number(); break;
      default: break;
    }
  }
  if (in.has_failed()) return std::nullopt;
  return notification;
}

/// A kind that this version does not know would be taken for another.
bool is_known(std::int64_t number) {
  constexpr auto kLastStored = static_cast<std::int64_t>(model::EventKind::personal);
  constexpr auto kFirstPassing = static_cast<std::int64_t>(model::EventKind::delivered_moved);
  constexpr auto kLastPassing = static_cast<std::int64_t>(model::EventKind::sight_changed);
  return (number >= 1 && number <= kLastStored) || (number >= kFirstPassing && number <= kLastPassing);
}

}  // namespace

std::string pack(model::LiveEvent const& live) {
  auto const& [event, message, conversation] = live;
  auto const& [tenant, place, offset, epoch, kind, message_id, seq, actor, subject, subject_external_id, data,
               created_at] = event;
  PackedWriter out;
  out.id(1, tenant).id(2, place).number(3, offset).number(4, epoch).number(5, static_cast<std::int64_t>(kind));
  out.id(6, message_id).number(7, seq).id(8, actor).id(9, subject).text(10, subject_external_id).text(11, data);
  out.number(12, created_at);
  if (message) out.item(13, pack(*message));
  if (conversation) out.item(14, pack(*conversation));
  return out.take();
}

std::optional<model::LiveEvent> unpack_event(std::string_view bytes) {
  model::LiveEvent live;
  auto& event = live.event;
  std::int64_t kind = 0;
  bool is_sound = true;
  PackedReader in(bytes);
  while (is_sound && in.next()) {
    switch (in.field()) {
      case 1: event.tenant = in.id<TenantId>(); break;
      case 2: event.conversation = in.id<ConversationId>(); break;
      case 3: event.offset = in.number(); break;
      case 4: event.epoch = in.number(); break;
      case 5: kind = in.number(); break;
      case 6: event.message = in.id<MessageId>(); break;
      case 7: event.seq = in.number(); break;
      case 8: event.actor = in.id<UserId>(); break;
      case 9: event.subject = in.id<UserId>(); break;
      case 10: event.subject_external_id = in.text(); break;
      case 11: event.data = in.text(); break;
      case 12: event.created_at = in.number(); break;
      case 13: is_sound = (live.message = unpack_message(in.text())) != nullptr; break;
      case 14: is_sound = (live.conversation = unpack_conversation(in.text())) != nullptr; break;
      default: break;
    }
  }
  is_sound = is_sound && !in.has_failed() && is_known(kind) && event.offset >= 0;
  // Whoever shows a message's event looks into the message.
  if (!is_sound || (event.message && !live.message)) return std::nullopt;
  event.kind = static_cast<model::EventKind>(kind);
  return live;
}

std::string pack(realtime::Signal const& signal) {
  auto const& [tenant, kind, actor, actor_external_id, conversations, users, notification, data, at] = signal;
  PackedWriter out;
  out.id(1, tenant).number(2, static_cast<std::int64_t>(kind)).id(3, actor).text(4, actor_external_id);
  for (auto const conversation : conversations) out.item(5, conversation.value);
  for (auto const user : users) out.item(6, user.value);
  if (notification) out.item(7, pack(*notification));
  out.text(8, data).number(9, at);
  return out.take();
}

std::optional<realtime::Signal> unpack_signal(std::string_view bytes) {
  realtime::Signal signal;
  bool is_sound = true;
  PackedReader in(bytes);
  while (is_sound && in.next()) {
    switch (in.field()) {
      case 1: signal.tenant = in.id<TenantId>(); break;
      case 2: is_sound = read_enum(in.number(), realtime::SignalKind::user_active, signal.kind); break;
      case 3: signal.actor = in.id<UserId>(); break;
      case 4: signal.actor_external_id = in.text(); break;
      case 5: signal.conversations.push_back(in.id<ConversationId>()); break;
      case 6: signal.users.push_back(in.id<UserId>()); break;
      case 7: is_sound = (signal.notification = unpack_notification(in.text())).has_value(); break;
      case 8: signal.data = in.text(); break;
      case 9: signal.at = in.number(); break;
      default: break;
    }
  }
  bool const is_whole = signal.kind != realtime::SignalKind::notification || signal.notification;
  if (!is_sound || in.has_failed() || !is_whole) return std::nullopt;
  return signal;
}

}  // namespace parlance::nats
