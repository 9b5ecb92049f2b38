#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <vector>

#include "api/await.h"
#include "base/crypto.h"
#include "base/raw_json.h"
#include "core/streams.h"
#include "dialects/centrifugo/channels.h"
#include "dialects/centrifugo/commands.h"
#include "dialects/centrifugo/server_api.h"

/// publish, broadcast.
namespace parlance::centrifugo {
namespace {

constexpr std::size_t kMaxBroadcast = 1'000;

/// What is to be published, wherever.
struct Content {
  std::string body;  ///< {"data":…,"tags":…}
  bool is_stored = true;
  std::string idempotency_key;
};

std::expected<std::string, Fault> data_of(ApiCall const& call) {
  auto const raw = raw_member(call.raw, "data");
  if (raw && *raw != "null") return std::string(*raw);
  auto const encoded = text_member(call.body, "b64data");
  if (!encoded || encoded->empty()) return std::unexpected(faults::bad_request());
  auto decoded = parse_base64(*encoded);
  // The JSON protocol carries JSON only.
  if (!decoded || !parse_json(*decoded)) return std::unexpected(faults::bad_request());
  return *std::move(decoded);
}

std::expected<Content, Fault> content_of(ApiCall const& call) {
  auto const data = data_of(call);
  if (!data) return std::unexpected(data.error());
  auto const skips = flag_member(call.body, "skip_history");
  auto const key = text_member(call.body, "idempotency_key");
  auto const tags = object_member(call.body, "tags");
  if (!skips || !key || !tags) return std::unexpected(faults::bad_request());
  JsonWriter out;
  out.begin_object().field_raw("data", *data);
  if (*tags != nullptr && !(*tags)->empty()) {
    for (auto const& [name, value] : **tags)
      if (!value.is_string()) return std::unexpected(faults::bad_request());
    out.field_raw("tags", boost::json::serialize(**tags));
  }
  out.end_object();
  return Content{out.take(), !*skips, *key};
}

/// Chats, users' own and status channels say what has happened here; nothing else is said in them.
std::optional<Fault> refusal_of_channel(ApiCall const& call, std::string_view channel) {
  if (channel.size() > kMaxChannelBytes) return faults::bad_request();
  auto const kind = parse_channel(channel, call.identity.tenant->tenant).kind;
  if (kind == ChannelKind::unknown) return faults::unknown_channel();
  if (kind != ChannelKind::custom) return faults::permission_denied();
  return std::nullopt;
}

Task<ApiOutcome> publish_to(Gateway& gateway, ApiCall const& call, std::string channel, Content const& content) {
  if (auto const refusal = refusal_of_channel(call, channel)) co_return std::unexpected(*refusal);
  core::NewPublication const input{channel, content.body, content.is_stored, content.idempotency_key};
  auto const place =
      co_await api::write(gateway.services, call.executor, call.tenant().value,
                          [&](storage::Transaction& tx) { return core::publish(tx, call.tenant(), input); });
  if (!place) {
    bool const is_taken = place.error().code == Errc::conflict;
    co_return std::unexpected(is_taken ? faults::unknown_channel() : fault_of(place.error()));
  }
  JsonWriter out;
  out.begin_object();
  if (place->offset != 0) out.field("offset", place->offset).field("epoch", std::to_string(place->epoch));
  out.end_object();
  co_return out.take();
}

}  // namespace

Task<ApiOutcome> api_publish(Gateway& gateway, ApiCall const& call) {
  auto const channel = required_text(call.body, "channel");
  if (!channel) co_return std::unexpected(channel.error());
  auto const content = content_of(call);
  if (!content) co_return std::unexpected(content.error());
  co_return co_await publish_to(gateway, call, *channel, *content);
}

Task<ApiOutcome> api_broadcast(Gateway& gateway, ApiCall const& call) {
  auto const* listed = call.body.if_contains("channels");
  bool const is_list = listed != nullptr && listed->is_array() && !listed->get_array().empty() &&
                       listed->get_array().size() <= kMaxBroadcast;
  if (!is_list) co_return std::unexpected(faults::bad_request());
  auto const content = content_of(call);
  if (!content) co_return std::unexpected(content.error());
  JsonWriter out;
  out.begin_object().key("responses").begin_array();
  for (auto const& item : listed->get_array()) {
    auto const outcome = item.is_string() ? co_await publish_to(gateway, call, std::string(item.get_string()), *content)
                                          : ApiOutcome(std::unexpected(faults::bad_request()));
    out.begin_object();
    if (outcome) {
      out.field_raw("result", *outcome);
    } else {
      out.key("error").begin_object().field("code", outcome.error().code);
      out.field("message", outcome.error().message).end_object();
    }
    out.end_object();
  }
  out.end_array().end_object();
  co_return out.take();
}

}  // namespace parlance::centrifugo
