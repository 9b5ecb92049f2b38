#include "dialects/chatapi/notifications.h"

#include "api/await.h"
#include "api/identity.h"
#include "api/spelling.h"
#include "base/raw_json.h"
#include "core/notifications.h"
#include "dialects/chatapi/wire.h"
#include "realtime/presence.h"

namespace parlance::chatapi {
namespace {

/// Where the body names no targets it is for those who are online; named and empty ones are nobody.
Result<core::NewNotification> read_notification(http::Request const& request, api::Services& services) {
  auto body = TRY(read_body<NewRoomNotification>(request));
  core::NewNotification input;
  input.topic = std::move(body.topic);
  input.payload = raw_member(request.body, "payload").value_or("{}");
  auto const& named = body.targets;
  if (!named || (!named->user_ids && !named->room_id && !named->topic_subscribers)) {
    input.fallback = services.presence.online_users(api::caller_of(request).tenant);
    return input;
  }
  input.user_ids = std::move(body.targets->user_ids).value_or(std::vector<std::string>{});
  if (body.targets->room_id) input.room = TRY(room_id_of(*body.targets->room_id));
  input.topic_subscribers = body.targets->topic_subscribers.value_or(false);
  return input;
}

http::Response accepted_response(model::Notification const& notification) {
  return http::Response::json(202, http::encode_json(AcceptedNotification{api::spell_notification(notification.id),
                                                                          format_rfc3339(notification.created_at)}));
}

}  // namespace

Task<Result<http::Response>> notify(api::Services& services, http::Request& request) {
  auto const input = CO_TRY(read_notification(request, services));
  auto const& caller = api::caller_of(request);
  auto const key = input.room ? input.room->value : caller.tenant.value;
  auto const verb = [&](storage::Transaction& tx) { return core::create_notification(tx, caller, input); };
  co_return co_await api::perform(services, request, key, verb, accepted_response);
}

}  // namespace parlance::chatapi
