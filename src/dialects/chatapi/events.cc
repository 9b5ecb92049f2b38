#include "dialects/chatapi/events.h"

#include <string_view>

#include "api/spelling.h"
#include "base/clock.h"
#include "base/json.h"
#include "dialects/chatapi/wire.h"
#include "http/websocket_codec.h"

namespace parlance::chatapi {
namespace {

/// FormId: this dialect's number, and its only form: a frame.
constexpr realtime::FormId kFrame{2, 1};

JsonWriter begin(std::string_view type) {
  JsonWriter out;
  out.begin_object().field("type", type);
  return out;
}

std::string finish(JsonWriter& out) { return http::text_frame(out.end_object().text()); }

std::string whole_message(std::string_view type, model::Message const& message) {
  auto out = begin(type);
  out.field("room_id", api::spell_room(message.conversation));
  out.field("message_id", api::spell_message(message.id)).field("seq", message.seq);
  out.field("sender_id", message.sender_external_id).field("content", message.text);
  write_message_meta(out, message);
  out.field("created_at", format_rfc3339(message.created_at));
  if (message.edited_at != 0) out.field("edited_at", format_rfc3339(message.edited_at));
  return finish(out);
}

std::string deleted_message(model::Event const& event) {
  auto out = begin("message.deleted");
  out.field("room_id", api::spell_room(event.conversation));
  out.field("message_id", api::spell_message(event.message)).field("seq", event.seq);
  return finish(out);
}

std::string acknowledgement(model::Event const& event) {
  auto out = begin("ack.received");
  out.field("room_id", api::spell_room(event.conversation)).field("seq", event.seq);
  out.field("user_id", event.subject_external_id);
  return finish(out);
}

std::string typing(realtime::Signal const& signal, std::string_view action) {
  auto out = begin("typing");
  if (!signal.conversations.empty()) out.field("room_id", api::spell_room(signal.conversations.front()));
  out.field("user_id", signal.actor_external_id).field("action", action);
  return finish(out);
}

std::string presence(realtime::Signal const& signal, std::string_view status) {
  auto out = begin("presence.update");
  out.field("user_id", signal.actor_external_id).field("status", status);
  out.field("timestamp", signal.at / kSecond);
  return finish(out);
}

std::string notification(model::Notification const& notification) {
  auto out = begin("notification");
  out.field("notification_id", api::spell_notification(notification.id)).field("topic", notification.topic);
  out.field_raw("payload", notification.payload.empty() ? "{}" : std::string_view(notification.payload));
  out.field("created_at", format_rfc3339(notification.created_at));
  return finish(out);
}

std::string encode(realtime::Signal const& signal) {
  switch (signal.kind) {
    case realtime::SignalKind::typing_started: return typing(signal, "start");
    case realtime::SignalKind::typing_stopped: return typing(signal, "stop");
    case realtime::SignalKind::user_online: return presence(signal, "online");
    case realtime::SignalKind::user_offline: return presence(signal, "offline");
    case realtime::SignalKind::notification: return notification(signal.notification.value_or(model::Notification{}));
    case realtime::SignalKind::user_active: return {};
  }
  return {};
}

}  // namespace

http::SharedBuffer event_frame(realtime::Delivery const& delivery) {
  auto const& event = delivery->event;
  auto const* message = delivery->message.get();
  switch (event.kind) {
    case model::EventKind::message_added:
      if (message == nullptr) return nullptr;
      return delivery.form(kFrame, [&] { return whole_message("message", *message); });
    case model::EventKind::message_edited:
      if (message == nullptr) return nullptr;
      return delivery.form(kFrame, [&] { return whole_message("message.updated", *message); });
    case model::EventKind::message_deleted: return delivery.form(kFrame, [&] { return deleted_message(event); });
    case model::EventKind::delivered_moved: return delivery.form(kFrame, [&] { return acknowledgement(event); });
    case model::EventKind::message_previewed:
    case model::EventKind::reaction_added:
    case model::EventKind::reaction_removed:
    case model::EventKind::message_pinned:
    case model::EventKind::message_unpinned:
    case model::EventKind::member_added:
    case model::EventKind::member_removed:
    case model::EventKind::member_left:
    case model::EventKind::member_updated:
    case model::EventKind::read_moved:
    case model::EventKind::conversation_created:
    case model::EventKind::conversation_updated:
    case model::EventKind::conversation_archived:
    case model::EventKind::publication:
    case model::EventKind::personal:
    case model::EventKind::notification_created:
    case model::EventKind::user_changed:
    case model::EventKind::tenant_changed:
    case model::EventKind::job_added:
    case model::EventKind::sight_changed: return nullptr;
  }
  return nullptr;
}

http::SharedBuffer signal_frame(realtime::SignalDelivery const& delivery) {
  return delivery.form(kFrame, [&] { return encode(*delivery); });
}

http::SharedBuffer message_frame(model::Message const& message) {
  return http::shared_buffer(whole_message("message", message));
}

}  // namespace parlance::chatapi
