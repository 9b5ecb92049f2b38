#include "api/tenant_directory.h"

#include "api/lanes.h"
#include "api/rate_limit.h"
#include "base/crypto.h"
#include "core/tenants.h"

namespace parlance::api {

TenantDirectory::TenantDirectory(storage::ReadPool& reads, std::size_t cache_entries)
    : reads_(reads), tenants_(cache_entries), issuers_(1) {}

Task<Result<TenantHandle>> TenantDirectory::by_key(std::string api_key, Executor& executor) {
  return look_up(
      "key:" + sha256(api_key), [api_key](storage::Transaction& tx) { return core::find_tenant_by_key(tx, api_key); },
      executor);
}

Task<Result<TenantHandle>> TenantDirectory::by_id(TenantId id, Executor& executor) {
  auto look = [id](storage::Transaction& tx) -> Result<std::optional<model::Tenant>> {
    auto tenant = core::get_tenant(tx, id);
    if (!tenant && tenant.error().code == Errc::not_found) return std::nullopt;
    return tenant;
  };
  return look_up("id:" + std::to_string(id.value), look, executor);
}

Task<Result<TenantHandle>> TenantDirectory::by_hostname(std::string hostname, Executor& executor) {
  return look_up(
      "host:" + hostname, [hostname](storage::Transaction& tx) { return core::find_tenant_by_hostname(tx, hostname); },
      executor);
}

template <class Look>
Task<Result<TenantHandle>> TenantDirectory::look_up(std::string cache_key, Look look, Executor& executor) {
  if (auto cached = tenants_.find(cache_key, monotonic_now())) co_return *std::move(cached);
  auto const ticket = tenants_.ticket();
  auto tenant = CO_TRY(co_await read(reads_, executor, std::move(look)));
  if (!tenant) co_return TenantHandle();
  auto handle = make_handle(*std::move(tenant));
  tenants_.put(ticket, std::move(cache_key), handle->tenant.id, {}, handle, monotonic_now());
  co_return handle;
}

Task<Result<TenantDirectory::Issuers>> TenantDirectory::with_issuer(Executor& executor) {
  if (auto cached = issuers_.find("", monotonic_now())) co_return *std::move(cached);
  auto const ticket = issuers_.ticket();
  auto tenants = CO_TRY(co_await read(reads_, executor, core::list_tenants));
  auto issuers = std::make_shared<std::vector<TenantHandle>>();
  for (auto& tenant : tenants)
    if (!tenant.settings.issuer.algorithm.empty()) issuers->push_back(make_handle(std::move(tenant)));
  issuers_.put(ticket, "", {}, {}, issuers, monotonic_now());
  co_return issuers;
}

TenantHandle TenantDirectory::make_handle(model::Tenant tenant) {
  auto const time = monotonic_now();
  auto bucket = buckets_.with([&](auto& buckets) {
    auto& known = buckets[tenant.id];
    if (!known) known = std::make_shared<TokenBucket>(rate_of(tenant), time);
    return known;
  });
  bucket->set_rate(rate_of(tenant), time);
  return std::make_shared<TenantState const>(std::move(tenant), std::move(bucket));
}

void TenantDirectory::forget(TenantId tenant) {
  tenants_.forget(tenant);
  // The list is one entry of no tenant.
  issuers_.forget(TenantId{});
}

void TenantDirectory::forget_all() {
  tenants_.forget_all();
  issuers_.forget_all();
}

}  // namespace parlance::api
