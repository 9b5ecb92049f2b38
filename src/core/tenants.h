#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "model/tenant.h"
#include "storage/transaction.h"

namespace parlance::core {

struct NewTenant {
  std::string name;      ///< 1..255 bytes
  std::string hostname;  ///< empty, or a lower-case DNS label not taken yet (conflict)
  std::optional<std::int64_t> rate_limit;
};

struct CreatedTenant {
  model::Tenant tenant;
  std::string api_key;  ///< "sk_" + 48 hex digits; shown once, stored as SHA-256
};

/// Makes a tenant with its default space and one key.
Result<CreatedTenant> create_tenant(storage::Transaction& tx, NewTenant const& input);

Result<model::Tenant> get_tenant(storage::Transaction& tx, TenantId id);
Result<std::vector<model::Tenant>> list_tenants(storage::Transaction& tx);
Result<std::optional<model::Tenant>> find_tenant_by_hostname(storage::Transaction& tx, std::string_view hostname);

struct TenantChange {
  std::optional<std::string> name;
  std::optional<std::string> hostname;
  std::optional<std::int64_t> rate_limit;
  std::optional<model::TenantSettings> settings;
};
Result<model::Tenant> update_tenant(storage::Transaction& tx, TenantId id, TenantChange const& change);

/// Deletes every row of the tenant. Returns the SHA-256 digests in hex of the blobs that its files referred to, which
/// are the caller's to remove where nobody else uses them.
Result<std::vector<std::string>> delete_tenant(storage::Transaction& tx, TenantId id);

/// A further key for the tenant; the old ones stay valid until revoked.
Result<std::string> create_api_key(storage::Transaction& tx, TenantId id);

/// The tenant that `api_key` belongs to; empty where it is nobody's.
Result<std::optional<model::Tenant>> find_tenant_by_key(storage::Transaction& tx, std::string_view api_key);

/// Settings as they are stored, a JSON object.
std::string encode_settings(model::TenantSettings const& settings);
Result<model::TenantSettings> decode_settings(std::string_view json);

}  // namespace parlance::core
