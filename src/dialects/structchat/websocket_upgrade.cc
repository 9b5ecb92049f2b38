#include "dialects/structchat/websocket_upgrade.h"

#include <utility>

#include "api/credentials.h"
#include "api/identity.h"
#include "api/rate_limit.h"
#include "api/scopes.h"
#include "api/socket_rules.h"
#include "base/clock.h"
#include "dialects/structchat/errors.h"
#include "dialects/structchat/viewer.h"
#include "dialects/structchat/websocket_session.h"
#include "http/websocket.h"

namespace parlance::structchat {
namespace {

/// A thousand thread ids fit.
constexpr std::size_t kMaxMessageBytes = 64 << 10;

Task<Result<api::Identity>> identify(api::Authenticator& authenticator, http::Request& request) {
  auto const token = request.query("token");
  if (!token) co_return co_await authenticator.resolve_user(api::Presented::of(request), request.executor());
  api::Presented presented;
  presented.bearer = *token;
  auto identity = co_await authenticator.resolve_user(std::move(presented), request.executor());
  if (identity || identity.error().code != Errc::unauthenticated) co_return identity;
  co_return co_await authenticator.spend(*token, request.executor());
}

http::WebSocketOptions socket_options(Options const& options) {
  http::WebSocketOptions chosen;
  chosen.ping_interval = options.ping_interval;
  chosen.idle_timeout = options.idle_timeout;
  chosen.queue_limit = options.queue_limit;
  chosen.max_message_bytes = kMaxMessageBytes;
  chosen.kind = "structchat";
  return chosen;
}

}  // namespace

Task<Result<http::Response>> open_websocket(Gateway& gateway, http::Request& request) {
  if (!request.is_websocket_upgrade()) co_return invalid("upgrade", "GET /v1/ws is a WebSocket endpoint");
  auto const identity = CO_TRY(co_await identify(gateway.services.authenticator, request));
  api::set_identity(request, identity);
  CO_TRY(api::require_writing(identity.scopes));
  CO_TRY(co_await viewer_of(gateway.services, request, &identity));
  auto const rate = identity.tenant->bucket->take(monotonic_now());
  if (!rate.allowed) co_return api::as_rate_refusal(error_response(api::rate_limited(rate), request), rate);
  auto response = CO_TRY(http::upgrade_to_websocket(
      request, socket_options(gateway.options), [&gateway, identity](std::shared_ptr<http::WebSocket> socket) {
        std::make_shared<Session>(gateway, identity, std::move(socket))->open();
      }));
  api::add_rate_headers(response, rate);
  co_return response;
}

}  // namespace parlance::structchat
