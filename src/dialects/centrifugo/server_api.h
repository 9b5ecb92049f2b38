#pragma once

#include <boost/json/object.hpp>
#include <expected>
#include <string>
#include <string_view>

#include "api/identity.h"
#include "base/task.h"
#include "dialects/centrifugo/codes.h"
#include "dialects/centrifugo/gateway.h"
#include "http/request.h"
#include "http/response.h"

/// The server API (https://centrifugal.dev/docs/server/server_api): what a tenant's backend may do, with the tenant's
/// key. POST /api/<method>.
namespace parlance::centrifugo {

/// One call, alone or of a batch. It outlives the task.
struct ApiCall {
  api::Identity const& identity;
  boost::json::object const& body;
  std::string_view raw;  ///< the body as it came
  Executor& executor;

  TenantId tenant() const { return identity.caller.tenant; }
};

using ApiOutcome = std::expected<std::string, Fault>;
using ApiMethod = Task<ApiOutcome> (*)(Gateway&, ApiCall const&);

Task<ApiOutcome> api_publish(Gateway& gateway, ApiCall const& call);
Task<ApiOutcome> api_broadcast(Gateway& gateway, ApiCall const& call);
Task<ApiOutcome> api_subscribe(Gateway& gateway, ApiCall const& call);
Task<ApiOutcome> api_unsubscribe(Gateway& gateway, ApiCall const& call);
Task<ApiOutcome> api_disconnect(Gateway& gateway, ApiCall const& call);
Task<ApiOutcome> api_refresh(Gateway& gateway, ApiCall const& call);
Task<ApiOutcome> api_presence(Gateway& gateway, ApiCall const& call);
Task<ApiOutcome> api_presence_stats(Gateway& gateway, ApiCall const& call);
Task<ApiOutcome> api_history(Gateway& gateway, ApiCall const& call);
Task<ApiOutcome> api_history_remove(Gateway& gateway, ApiCall const& call);
Task<ApiOutcome> api_channels(Gateway& gateway, ApiCall const& call);
Task<ApiOutcome> api_info(Gateway& gateway, ApiCall const& call);

/// What a node does to its own connections where subscribe, unsubscribe, disconnect or refresh was called anywhere,
/// with a body that was found good there.
void carry_out(Gateway& gateway, TenantId tenant, std::string_view method, boost::json::object const& body);

/// POST /api/<method>: finds out whose key it is, and answers `{"result":…}` or `{"error":…}`.
Task<Result<http::Response>> serve_api(Gateway& gateway, http::Request& request, ApiMethod method);
/// POST /api/batch
Task<Result<http::Response>> serve_batch(Gateway& gateway, http::Request& request);

/// A member that must be there, as text that is not empty; bad_request otherwise.
std::expected<std::string, Fault> required_text(boost::json::object const& body, std::string_view name);

}  // namespace parlance::centrifugo
