#pragma once

#include <memory>

#include "api/identity.h"
#include "api/live_identity.h"
#include "api/rate_limit.h"
#include "base/result.h"
#include "http/response.h"
#include "http/websocket.h"

/// What the middlewares do for requests, for sockets that find out by themselves who they are with.
namespace parlance::api {

/// One more request of the tenant's rate: rate_limited where it is used up.
Result<void> spend_request(Identity const& identity);

/// A refusal for the rate with its headers, Retry-After among them. `refusal` has the dialect's body.
http::Response as_rate_refusal(http::Response refusal, RateDecision const& rate);

/// What LiveIdentity does at its end for a socket: closes it with 1008 and the reason in words.
LiveIdentity::OnEnd closing(std::shared_ptr<http::WebSocket> const& socket);

}  // namespace parlance::api
