#include "dialects/anytype/subscriptions.h"

#include <memory>
#include <string>
#include <utility>

#include "api/await.h"
#include "api/identity.h"
#include "dialects/anytype/chat_stream.h"
#include "dialects/anytype/snapshots.h"

namespace parlance::anytype {
namespace {

/// The header is the newer one: a client that reconnects by itself repeats its first query.
std::string last_id_of(http::Request const& request) {
  if (auto const header = request.headers.find("Last-Event-ID"); header && !header->empty())
    return std::string(*header);
  return request.query("last_event_id").value_or("");
}

}  // namespace

Task<Result<http::Response>> subscribe(Gateway& gateway, http::Request& request) {
  auto const& identity = api::identity_of(request);
  ChatStream::Options options{.path = CO_TRY(chat_in_path(request))};
  options.limit = CO_TRY(limit_of(request, 50));
  auto const last_id = last_id_of(request);
  auto snapshot = CO_TRY(
      co_await api::read(gateway.services, request.executor(), [&](storage::Transaction& tx) -> Result<Snapshot> {
        auto const& caller = identity.caller;
        auto const& [path, limit] = options;
        if (last_id.empty()) return read_snapshot(tx, caller, path, limit, Start::fresh);
        return read_resumption(tx, caller, path, limit, last_id);
      }));
  auto kept = std::make_shared<Snapshot>(std::move(snapshot));
  auto response = http::Response::event_stream(
      [&gateway, identity, options, kept = std::move(kept)](std::shared_ptr<http::Outlet> const& outlet) mutable {
        auto& desk = gateway.desks.of(outlet->executor());
        auto const stream = std::make_shared<ChatStream>(desk, identity, options, outlet);
        stream->open(*kept);
        kept.reset();
      });
  response.headers.set("Cache-Control", "no-cache");
  co_return response;
}

}  // namespace parlance::anytype
