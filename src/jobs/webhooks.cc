#include "jobs/webhooks.h"

#include <algorithm>

#include "base/crypto.h"
#include "base/json.h"
#include "base/text.h"
#include "core/conversations.h"
#include "core/message_log.h"
#include "core/tenants.h"
#include "jobs/payload.h"

namespace parlance::jobs {
namespace {

std::string prefixed(std::string_view prefix, std::int64_t id) { return std::string(prefix) + to_base36(id); }

/// Whatever the room's metadata is: JSON as it is, other text as a string.
void write_metadata(JsonWriter& out, std::optional<std::string> const& metadata) {
  if (!metadata) return;
  if (parse_json(*metadata)) {
    out.field_raw("room_metadata", *metadata);
  } else {
    out.field("room_metadata", *metadata);
  }
}

/// The body that contracts the ChatAPI webhook.
std::string message_body(model::Conversation const& room, model::Message const& message, std::string_view recipient) {
  JsonWriter out;
  out.begin_object()
      .field("event", kMessageNew)
      .field("tenant_id", prefixed("tenant_", room.tenant.value))
      .field("room_id", prefixed("room_", room.id.value))
      .field("recipient_id", recipient);
  write_metadata(out, room.metadata);
  out.key("message")
      .begin_object()
      .field("message_id", prefixed("msg_", message.id.value))
      .field("sender_id", message.sender_external_id)
      .field("content", message.text)
      .field("seq", message.seq)
      .field("created_at", format_rfc3339(message.created_at))
      .end_object()
      .end_object();
  return out.take();
}

std::string signing_key(std::string_view secret) {
  constexpr std::string_view kPrefix = "whsec_";
  if (secret.starts_with(kPrefix))
    if (auto key = parse_base64(secret.substr(kPrefix.size()))) return *std::move(key);
  return std::string(secret);
}

bool covers(std::string_view wanted, std::string_view event) {
  if (wanted == "*" || wanted == event) return true;
  return wanted.ends_with(".*") && event.starts_with(wanted.substr(0, wanted.size() - 1));
}

}  // namespace

bool names_events(std::string_view wanted) {
  return std::ranges::any_of(kWebhookEvents, [&](std::string_view event) { return covers(wanted, event); });
}

bool wants(model::WebhookSettings const& settings, std::string_view event) {
  if (settings.url.empty()) return false;
  if (settings.events.empty()) return true;
  return std::ranges::any_of(settings.events, [&](std::string_view wanted) { return covers(wanted, event); });
}

std::string encode(MessageWebhook const& webhook) {
  JsonWriter out;
  out.begin_object()
      .field("event", kMessageNew)
      .field("conversation", webhook.conversation.value)
      .field("message", webhook.message.value)
      .field("recipient", webhook.recipient)
      .end_object();
  return out.take();
}

std::string encode_webhook(std::string_view event, std::string_view body) {
  JsonWriter out;
  out.begin_object().field("event", event).field("body", body).end_object();
  return out.take();
}

outbound::HeaderList sign_webhook(std::string_view secret, std::string_view id, Timestamp time, std::string_view body) {
  auto const key = signing_key(secret);
  auto const seconds = std::to_string(time / kSecond);
  auto const signed_text = std::string(id) + "." + seconds + "." + std::string(body);
  return {
      {"webhook-id", std::string(id)},
      {"webhook-timestamp", seconds},
      {"webhook-signature", "v1," + to_base64(hmac_sha256(key, signed_text))},
      {"X-ChatAPI-Signature", "sha256=" + to_hex(hmac_sha256(secret, body))},
  };
}

Result<std::optional<Webhooks::Letter>> Webhooks::write(storage::Transaction& tx, model::Job const& job) const {
  auto const payload = TRY(Payload::parse(job.payload));
  auto const webhook = TRY(core::get_tenant(tx, job.tenant)).settings.webhook;
  auto const event = payload.text("event");
  if (!wants(webhook, event)) return std::nullopt;
  if (event != kMessageNew) return Letter{webhook.url, webhook.secret, payload.text("body")};
  auto const message = TRY(core::find_message(tx, job.tenant, MessageId{payload.integer("message")}));
  if (!message || message->deleted_at != 0) return std::nullopt;
  auto const room = TRY(core::find_conversation(tx, job.tenant, message->conversation));
  if (!room) return std::nullopt;
  return Letter{webhook.url, webhook.secret, message_body(*room, *message, payload.text("recipient"))};
}

Result<void> Webhooks::run(model::Job const& job) const {
  auto letter = TRY(reads_.run([&](storage::Transaction& tx) { return write(tx, job); }));
  if (!letter) return {};
  outbound::CallOptions call;
  call.method = "POST";
  call.url = std::move(letter->url);
  call.headers = sign_webhook(letter->secret, prefixed("wh_", job.id.value), now(), letter->body);
  call.headers.emplace_back("Content-Type", "application/json");
  call.body = std::move(letter->body);
  call.timeout = options_.timeout;
  call.max_reply_bytes = 64 << 10;
  call.reach = options_.reach;
  auto const reply = TRY(client_.call(std::move(call)));
  if (reply.status / 100 == 2) return {};
  return fail(Errc::unavailable, "HTTP " + std::to_string(reply.status));
}

}  // namespace parlance::jobs
