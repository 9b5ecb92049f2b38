#pragma once

#include "api/services.h"
#include "base/task.h"
#include "dialects/chatapi/connection_slots.h"
#include "dialects/chatapi/routes.h"
#include "http/request.h"
#include "http/response.h"

namespace parlance::chatapi {

/// What GET /ws stands on; one for the process. Any thread.
struct WebSocketGateway {
  WebSocketGateway(api::Services& all, Options const& chosen)
      : services(all), options(chosen), slots(chosen.max_connections_per_user) {}

  api::Services& services;
  Options const options;
  ConnectionSlots slots;
};

/// GET /ws. The credential is checked before the upgrade: the usual headers, `?token=` of POST /ws/token, or
/// `?api_key=&user_id=` for old clients. 401 without a valid one, 429 over the tenant's rate. A connection too many is
/// upgraded and closed with 1008, so that browsers can tell.
Task<Result<http::Response>> open_websocket(WebSocketGateway& gateway, http::Request& request);

/// POST /ws/token: {token, expires_in}; the token opens one WebSocket.
Task<Result<http::Response>> issue_websocket_token(WebSocketGateway& gateway, http::Request& request);

}  // namespace parlance::chatapi
