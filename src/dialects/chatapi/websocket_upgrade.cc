#include "dialects/chatapi/websocket_upgrade.h"

#include <utility>

#include "api/await.h"
#include "api/credentials.h"
#include "api/identity.h"
#include "api/rate_limit.h"
#include "api/scopes.h"
#include "api/socket_rules.h"
#include "core/credentials.h"
#include "dialects/chatapi/errors.h"
#include "dialects/chatapi/websocket_session.h"
#include "dialects/chatapi/wire.h"

namespace parlance::chatapi {
namespace {

constexpr std::size_t kMaxMessageBytes = 64 << 10;
constexpr std::uint16_t kPolicyViolation = 1008;

Task<Result<api::Identity>> identify(api::Authenticator& authenticator, http::Request& request) {
  if (auto token = request.query("token"))
    co_return co_await authenticator.spend(std::move(*token), request.executor());
  auto presented = api::Presented::of(request);
  if (presented.empty()) {
    presented.api_key = request.query("api_key").value_or("");
    presented.user_id = request.query("user_id").value_or("");
  }
  co_return co_await authenticator.resolve_user(std::move(presented), request.executor());
}

http::WebSocketOptions socket_options(Options const& options) {
  http::WebSocketOptions chosen;
  chosen.ping_interval = options.ping_interval;
  chosen.idle_timeout = options.idle_timeout;
  chosen.queue_limit = options.queue_limit;
  chosen.max_message_bytes = kMaxMessageBytes;
  chosen.kind = "chatapi";
  return chosen;
}

void take_up(WebSocketGateway& gateway, api::Identity const& identity, std::string const& request_id,
             std::shared_ptr<http::WebSocket> socket) {
  auto slot = gateway.slots.take(identity.caller.tenant, identity.caller.user);
  if (!slot) return socket->close(kPolicyViolation, "connection limit reached");
  auto const session =
      std::make_shared<Session>(gateway.services, gateway.options, identity, request_id, std::move(socket));
  session->open(std::move(*slot));
}

}  // namespace

Task<Result<http::Response>> open_websocket(WebSocketGateway& gateway, http::Request& request) {
  if (!request.is_websocket_upgrade()) co_return invalid("upgrade", "GET /ws is a WebSocket endpoint");
  auto const identity = CO_TRY(co_await identify(gateway.services.authenticator, request));
  CO_TRY(api::require_writing(identity.scopes));
  auto const rate = identity.tenant->bucket->take(monotonic_now());
  if (!rate.allowed) co_return api::as_rate_refusal(error_response(api::rate_limited(rate), request), rate);
  auto response = CO_TRY(http::upgrade_to_websocket(
      request, socket_options(gateway.options),
      [&gateway, identity, request_id = request.id](std::shared_ptr<http::WebSocket> socket) {
        take_up(gateway, identity, request_id, std::move(socket));
      }));
  api::add_rate_headers(response, rate);
  co_return response;
}

Task<Result<http::Response>> issue_websocket_token(WebSocketGateway& gateway, http::Request& request) {
  auto const& identity = api::identity_of(request);
  auto const& caller = identity.caller;
  auto const lifetime = gateway.options.token_lifetime;
  auto const verb = [&](storage::Transaction& tx) {
    return core::issue_token(tx, caller.tenant, caller.user, lifetime.count() * kSecond, identity.scopes,
                             core::TokenUse::once, {identity.token, identity.expires_at});
  };
  co_return co_await api::perform(gateway.services, request, caller.tenant.value, verb,
                                  [lifetime](core::IssuedToken const& issued) {
                                    ConnectionToken const token{issued.token, static_cast<int>(lifetime.count())};
                                    return http::Response::json(200, http::encode_json(token));
                                  });
}

}  // namespace parlance::chatapi
