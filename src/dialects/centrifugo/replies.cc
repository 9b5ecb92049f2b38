#include "dialects/centrifugo/replies.h"

#include "api/chat_wire.h"
#include "http/websocket.h"
#include "http/websocket_codec.h"

namespace parlance::centrifugo {
namespace {

/// FormId: this dialect's number, and its forms.
constexpr realtime::FormId kPush{6, 1};
constexpr realtime::FormId kFrame{6, 2};

constexpr std::string_view kWrapBegin = R"({"push":)";

}  // namespace

void write_client_info(JsonWriter& out, ClientInfo const& info) {
  out.begin_object().field("user", info.user).field("client", info.client);
  if (!info.connection_info.empty()) out.field_raw("conn_info", info.connection_info);
  out.end_object();
}

std::string reply_text(std::uint32_t id, std::string_view name, std::string_view result) {
  JsonWriter out;
  out.begin_object().field("id", static_cast<std::int64_t>(id)).field_raw(name, result).end_object();
  return out.take();
}

std::string error_text(std::uint32_t id, Fault const& fault) {
  JsonWriter out;
  out.begin_object().field("id", static_cast<std::int64_t>(id)).key("error").begin_object();
  out.field("code", fault.code).field("message", fault.message);
  if (fault.is_temporary) out.field("temporary", true);
  out.end_object().end_object();
  return out.take();
}

void write_lifetime(JsonWriter& out, Timestamp ends_at) {
  if (ends_at == 0) return;
  auto const left = (ends_at - now() + kSecond - 1) / kSecond;
  out.field("expires", true).field("ttl", left > 0 ? left : std::int64_t{1});
}

std::string subscribe_result(SubscribeResult const& result) {
  JsonWriter out;
  out.begin_object();
  write_lifetime(out, result.ends_at);
  if (result.has_position) {
    out.field("recoverable", true).field("positioned", true).field("epoch", std::to_string(result.epoch));
    if (result.offset != 0) out.field("offset", result.offset);
  }
  if (!result.publications.empty()) {
    out.key("publications").begin_array();
    for (auto const& publication : result.publications) out.raw(publication);
    out.end_array();
  }
  if (result.recovered) out.field("recovered", true);
  if (result.was_recovering) out.field("was_recovering", true);
  if (!result.data.empty()) out.field_raw("data", result.data);
  out.end_object();
  return out.take();
}

std::string publication_text(model::LiveEvent const& live) {
  auto const& event = live.event;
  std::string text;
  if (event.kind == model::EventKind::publication) {
    text = event.data;  // {"data":…,"tags":…}
  } else {
    auto const data = api::chat_event_json(live);
    if (data.empty()) return {};
    text = publication_text(data);
  }
  if (event.offset == 0 || !text.ends_with('}')) return text;
  text.pop_back();
  return text + ",\"offset\":" + std::to_string(event.offset) + "}";
}

std::string publication_text(std::string_view data) {
  std::string text = R"({"data":)";
  return text.append(data).append("}");
}

std::string channel_push(std::string_view channel, std::string_view name, std::string_view content) {
  JsonWriter out;
  out.begin_object().field("channel", channel).field_raw(name, content).end_object();
  return out.take();
}

std::string join_or_leave_push(std::string_view channel, std::string_view name, ClientInfo const& info) {
  JsonWriter out;
  out.begin_object().key("info");
  write_client_info(out, info);
  out.end_object();
  return channel_push(channel, name, out.text());
}

std::string unsubscribe_push(std::string_view channel, Unsubscription const& why) {
  JsonWriter out;
  out.begin_object().field("code", why.code).field("reason", why.reason).end_object();
  return channel_push(channel, "unsubscribe", out.text());
}

std::string disconnect_push(Disconnect const& why) {
  JsonWriter out;
  out.begin_object().key("disconnect").begin_object();
  out.field("code", static_cast<int>(why.code)).field("reason", why.reason).end_object().end_object();
  return out.take();
}

std::string refresh_push(Timestamp ends_at) {
  JsonWriter out;
  out.begin_object().key("refresh").begin_object();
  write_lifetime(out, ends_at);
  out.end_object().end_object();
  return out.take();
}

http::SharedBuffer event_push(realtime::Delivery const& delivery, std::string_view channel) {
  auto text = delivery.form(kPush, [&] {
    auto const publication = publication_text(*delivery);
    return publication.empty() ? std::string() : channel_push(channel, "pub", publication);
  });
  return text->empty() ? nullptr : text;
}

http::SharedBuffer event_frame(realtime::Delivery const& delivery, http::SharedBuffer const& push) {
  return delivery.form(kFrame, [&] { return http::text_frame(wrapped(*push)); });
}

std::string wrapped(std::string_view push) {
  std::string text;
  text.reserve(kWrapBegin.size() + push.size() + 1);
  return text.append(kWrapBegin).append(push).append("}");
}

}  // namespace parlance::centrifugo
