#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/json.h"
#include "dialects/centrifugo/codes.h"
#include "http/outlet.h"
#include "model/event.h"
#include "realtime/delivery.h"

/// The JSON of replies and pushes (`Reply` and `Push` of the protocol). Fields with their zero value are left out.
namespace parlance::centrifugo {

/// A member of presence, and the author of a publication or of join and leave.
struct ClientInfo {
  std::string user;
  std::string client;
  std::string connection_info;  ///< JSON, or empty
};
void write_client_info(JsonWriter& out, ClientInfo const& info);

/// `{"id":…,"<name>":<result>}`
std::string reply_text(std::uint32_t id, std::string_view name, std::string_view result);
std::string error_text(std::uint32_t id, Fault const& fault);

/// How long something lives, as the protocol tells it: `expires` and `ttl` in seconds, rounded up; nothing for 0.
void write_lifetime(JsonWriter& out, Timestamp ends_at);

struct SubscribeResult {
  Timestamp ends_at = 0;  ///< 0 = never
  bool has_position = false;
  std::int64_t epoch = 0;
  std::int64_t offset = 0;
  bool was_recovering = false;
  bool recovered = false;
  std::vector<std::string> publications;
  std::string data;  ///< JSON, or empty
};
std::string subscribe_result(SubscribeResult const& result);

/// A publication as it lies in a channel: `{"data":…,"offset":…}`. Empty for events that say nothing to the protocol's
/// clients: their offset is passed over.
std::string publication_text(model::LiveEvent const& live);
std::string publication_text(std::string_view data);

/// Pushes, without the `{"push":…}` around them that bidirectional transports want.
std::string channel_push(std::string_view channel, std::string_view name, std::string_view content);
std::string join_or_leave_push(std::string_view channel, std::string_view name, ClientInfo const& info);
std::string unsubscribe_push(std::string_view channel, Unsubscription const& why);
std::string disconnect_push(Disconnect const& why);
std::string refresh_push(Timestamp ends_at);

/// The push of an event, encoded once for all who get it; null where publication_text is empty. `channel` must be the
/// same for every subscriber of the event's conversation.
http::SharedBuffer event_push(realtime::Delivery const& delivery, std::string_view channel);
/// The same wrapped, as a WebSocket frame of its own.
http::SharedBuffer event_frame(realtime::Delivery const& delivery, http::SharedBuffer const& push);

/// Wraps a push for a bidirectional transport.
std::string wrapped(std::string_view push);

}  // namespace parlance::centrifugo
