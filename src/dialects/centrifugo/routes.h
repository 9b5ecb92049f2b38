#pragma once

#include "api/rpc.h"
#include "api/services.h"
#include "dialects/centrifugo/options.h"
#include "http/router.h"

/// The Centrifugo protocol: live channels for its clients, and its server API for backends.
namespace parlance::centrifugo {

/// Adds the transports and the server API as one group. `services` and `rpc` must outlive the router.
void add_routes(http::Router& router, api::Services& services, api::RpcRegistry const& rpc, Options options);

}  // namespace parlance::centrifugo
