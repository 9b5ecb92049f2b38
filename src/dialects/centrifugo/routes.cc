#include "dialects/centrifugo/routes.h"

#include <memory>
#include <utility>

#include "api/access.h"
#include "dialects/centrifugo/connections.h"
#include "dialects/centrifugo/errors.h"
#include "dialects/centrifugo/peer_duties.h"
#include "dialects/centrifugo/server_api.h"
#include "dialects/centrifugo/tenant_watch.h"

namespace parlance::centrifugo {
namespace {

using Endpoint = Task<Result<http::Response>> (*)(Gateway&, http::Request&);

/// Everything is open: credentials come inside of the protocol, or where the server API wants them.
struct Table {
  http::RouteGroup& group;
  std::shared_ptr<Gateway> gateway;

  http::Route& add(http::Method method, std::string pattern, std::string operation, Endpoint endpoint) {
    auto handler = [kept = gateway, endpoint](http::Request& request) { return endpoint(*kept, request); };
    return group.add(method, std::move(pattern), std::move(operation), handler)
        .set_access(api::Access::open)
        .accept({"*/*"});
  }

  void add_api(std::string const& name, std::string operation, ApiMethod method) {
    auto handler = [kept = gateway, method](http::Request& request) { return serve_api(*kept, request, method); };
    group.add(http::Method::post, "/api/" + name, std::move(operation), handler)
        .set_access(api::Access::open)
        .accept({"*/*"})
        .set_summary("Centrifugo server API: " + name);
  }
};

void add_transports(Table& table) {
  using enum http::Method;
  table.add(get, "/connection/websocket", "openCentrifugoWebSocket", open_websocket).answers(101);
  table.add(get, "/connection/sse", "openCentrifugoEvents", open_sse);
  table.add(post, "/connection/sse", "openCentrifugoEventsByPost", open_sse).set_max_body(kMaxMessageBytes);
  table.add(post, "/connection/http_stream", "openCentrifugoStream", open_http_stream).set_max_body(kMaxMessageBytes);
  table.add(get, "/connection/uni_sse", "openCentrifugoOneWayEvents", open_uni_sse);
  table.add(post, "/connection/uni_sse", "openCentrifugoOneWayEventsByPost", open_uni_sse)
      .set_max_body(kMaxMessageBytes);
  table.add(post, "/connection/uni_http_stream", "openCentrifugoOneWayStream", open_uni_http_stream)
      .set_max_body(kMaxMessageBytes);
  // The commands are quoted once more inside of the body.
  table.add(post, "/emulation", "emulateCentrifugo", emulate).set_max_body(2 * kMaxMessageBytes).answers(204);
}

void add_server_api(Table& table) {
  table.add_api("publish", "centrifugoPublish", api_publish);
  table.add_api("broadcast", "centrifugoBroadcast", api_broadcast);
  table.add_api("subscribe", "centrifugoSubscribe", api_subscribe);
  table.add_api("unsubscribe", "centrifugoUnsubscribe", api_unsubscribe);
  table.add_api("disconnect", "centrifugoDisconnect", api_disconnect);
  table.add_api("refresh", "centrifugoRefresh", api_refresh);
  table.add_api("presence", "centrifugoPresence", api_presence);
  table.add_api("presence_stats", "centrifugoPresenceStats", api_presence_stats);
  table.add_api("history", "centrifugoHistory", api_history);
  table.add_api("history_remove", "centrifugoHistoryRemove", api_history_remove);
  table.add_api("channels", "centrifugoChannels", api_channels);
  table.add_api("info", "centrifugoInfo", api_info);
  table.add(http::Method::post, "/api/batch", "centrifugoBatch", serve_batch);
}

}  // namespace

void add_routes(http::Router& router, api::Services& services, api::RpcRegistry const& rpc, Options options) {
  auto& group = router.add_group("centrifugo", error_response, "Realtime channels on the Centrifugo protocol.");
  Table table{group, std::make_shared<Gateway>(services, rpc, options)};
  watch_tenants(table.gateway);
  take_up_peer_duties(table.gateway);
  add_transports(table);
  add_server_api(table);
}

}  // namespace parlance::centrifugo
