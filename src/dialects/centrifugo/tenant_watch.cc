#include "dialects/centrifugo/tenant_watch.h"

#include "api/await.h"
#include "core/tenants.h"
#include "dialects/centrifugo/client.h"
#include "realtime/broker.h"

namespace parlance::centrifugo {
namespace {

/// A tenant has changed: its connections end where it is gone.
Task<void> end_where_gone(std::shared_ptr<Gateway> gateway, TenantId id, Executor& executor) {
  auto const tenant = co_await api::read(gateway->services, executor,
                                         [&](storage::Transaction& tx) { return core::get_tenant(tx, id); });
  bool const is_gone = !tenant && tenant.error().code == Errc::not_found;
  if (!is_gone) co_return;
  for (auto const& handle : gateway->directory.clients_of(id, ""))
    handle.post([](Client& client) { client.close(disconnects::permission_denied()); });
}

}  // namespace

void watch_tenants(std::shared_ptr<Gateway> const& gateway) {
  gateway->services.broker.on_event([weak = std::weak_ptr(gateway)](model::LiveEvent const& live) {
    if (live.event.kind != model::EventKind::tenant_changed) return;
    auto const kept = weak.lock();
    if (!kept) return;
    auto const clients = kept->directory.clients_of(live.event.tenant, "");
    if (clients.empty()) return;
    auto* const executor = clients.front().executor;
    executor->post([kept, executor, id = live.event.tenant] { spawn(end_where_gone(kept, id, *executor)); });
  });
}

}  // namespace parlance::centrifugo
