#include "dialects/admin/tenants.h"

#include <string>
#include <utility>
#include <vector>

#include "api/await.h"
#include "api/blocking_pool.h"
#include "api/process.h"
#include "api/spelling.h"
#include "base/log.h"
#include "core/files.h"
#include "core/tenants.h"
#include "dialects/admin/wire.h"
#include "files/collector.h"

namespace parlance::admin {
namespace {

Result<TenantId> tenant_in_path(http::Request const& request) {
  return path_id<TenantId>(request, "tenant_id", api::parse_any_tenant);
}

http::Response created_response(core::CreatedTenant const& created) {
  return reply(201, CreatedTenant{tenant_view(created.tenant), created.api_key});
}

/// The contents that a deleted tenant's files had.
struct Remains {
  std::vector<std::string> digests;
  Timestamp deleted_at = 0;
};

void remove_contents(api::Services& services, Remains const& remains) {
  auto const is_used = [&](std::string_view digest) -> Result<bool> {
    if (services.process.is_draining()) return fail(Errc::unavailable, "the server is stopping");
    return services.reads.run([&](storage::Transaction& tx) { return core::is_blob_used(tx, digest); });
  };
  auto const removed = files::remove_unused_blobs(services.blobs, is_used, remains.digests, remains.deleted_at);
  if (!removed) log::warn("files of a deleted tenant stay for the collection: {}", removed.error().message);
}

}  // namespace

Task<Result<http::Response>> create_tenant(api::Services& services, http::Request& request,
                                           std::int64_t default_rate_limit) {
  auto const body = CO_TRY(http::decode_body<NewTenant>(request));
  core::NewTenant const input{body.name, body.hostname.value_or(""), body.rate_limit.value_or(default_rate_limit)};
  auto const verb = [&](storage::Transaction& tx) { return core::create_tenant(tx, input); };
  co_return co_await api::perform(services, request, 0, verb, created_response);
}

Task<Result<http::Response>> list_tenants(api::Services& services, http::Request& request) {
  auto const tenants = CO_TRY(co_await api::read(services, request.executor(), core::list_tenants));
  TenantList list;
  for (auto const& tenant : tenants) list.tenants.push_back(tenant_view(tenant));
  co_return reply(200, list);
}

Task<Result<http::Response>> get_tenant(api::Services& services, http::Request& request) {
  auto const id = CO_TRY(tenant_in_path(request));
  auto const tenant = CO_TRY(co_await api::read(services, request.executor(),
                                                [id](storage::Transaction& tx) { return core::get_tenant(tx, id); }));
  co_return reply(200, tenant_view(tenant));
}

Task<Result<http::Response>> update_tenant(api::Services& services, http::Request& request) {
  auto const id = CO_TRY(tenant_in_path(request));
  auto const body = CO_TRY(http::decode_body<TenantChange>(request));
  core::TenantChange change;
  change.name = body.name;
  if (body.hostname) change.hostname = body.hostname.value.value_or("");
  change.rate_limit = body.rate_limit;
  auto const tenant = CO_TRY(co_await api::write(services, request.executor(), id.value, [&](storage::Transaction& tx) {
    return core::update_tenant(tx, id, change);
  }));
  co_return reply(200, tenant_view(tenant));
}

Task<Result<http::Response>> delete_tenant(api::Services& services, http::Request& request) {
  auto const id = CO_TRY(tenant_in_path(request));
  auto const verb = [id](storage::Transaction& tx) -> Result<Remains> {
    return Remains{TRY(core::delete_tenant(tx, id)), tx.now()};
  };
  auto remains = CO_TRY(co_await api::write(services, request.executor(), id.value, verb));
  request.executor().call_after(files::kRowFollows, [&services, remains = std::move(remains)]() mutable {
    // What it does not get to is left to the collection of unused files.
    services.disk.submit([&services, remains = std::move(remains)] { remove_contents(services, remains); });
  });
  co_return http::Response::empty();
}

}  // namespace parlance::admin
