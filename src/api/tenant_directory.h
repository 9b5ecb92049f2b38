#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "api/expiring_cache.h"
#include "api/identity.h"
#include "base/executor.h"
#include "base/guarded.h"
#include "base/result.h"
#include "base/task.h"
#include "storage/read_pool.h"

namespace parlance::api {

using TenantHandle = std::shared_ptr<TenantState const>;

/// The tenants, as cached: by key, id and hostname, and those with an issuer of their own. Any thread; tasks run on the
/// executor that they are given.
class TenantDirectory {
 public:
  TenantDirectory(storage::ReadPool& reads, std::size_t cache_entries);

  /// Null where the key, id or hostname is nobody's. Error: unavailable.
  Task<Result<TenantHandle>> by_key(std::string api_key, Executor& executor);
  Task<Result<TenantHandle>> by_id(TenantId id, Executor& executor);
  Task<Result<TenantHandle>> by_hostname(std::string hostname, Executor& executor);

  /// Every tenant with IssuerSettings.
  Task<Result<std::shared_ptr<std::vector<TenantHandle> const>>> with_issuer(Executor& executor);

  void forget(TenantId tenant);
  void forget_all();

 private:
  using Issuers = std::shared_ptr<std::vector<TenantHandle> const>;

  template <class Look>
  Task<Result<TenantHandle>> look_up(std::string cache_key, Look look, Executor& executor);
  TenantHandle make_handle(model::Tenant tenant);

  storage::ReadPool& reads_;
  ExpiringCache<TenantHandle> tenants_;
  ExpiringCache<Issuers> issuers_;
  Guarded<std::unordered_map<TenantId, std::shared_ptr<TokenBucket>>> buckets_;
};

}  // namespace parlance::api
