#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "core/caller.h"
#include "core/credentials.h"
#include "model/tenant.h"
#include "model/user.h"
#include "storage/transaction.h"

/// Tenants as people make, join and describe them. A person's user in one tenant and in another are two users; what
/// joins them is that the second was made for whoever held a credential of the first, who got a token for it.
namespace parlance::core {

struct NewOrganisation {
  std::string name;
  std::string title;
  std::string description;
  std::string hostname;
  bool open_join = false;
  std::int64_t rate_limit = model::kDefaultRateLimit;
};

/// A user of a tenant that was just made or joined, with a token that acts for it and is told this once.
struct Admission {
  model::Tenant tenant;
  model::User user;
  std::string token;
};

/// Makes a tenant whose owner is the caller, under the caller's external id. Guests may not.
Result<Admission> create_organisation(storage::Transaction& tx, Caller const& caller, NewOrganisation const& input);

/// Makes the caller a user of the tenant, which has this join secret (forbidden otherwise); a guest becomes a member.
/// Whoever comes from another tenant is called "<external id>@<home>" here: external ids are names that each tenant
/// gives for itself, so that nobody can come in under a name of somebody who is there. Joining again gives another
/// token. `home` is how the caller's own tenant is spelled.
Result<Admission> join_organisation(storage::Transaction& tx, Caller const& caller, TenantId tenant,
                                    std::string_view secret, std::string_view home);

struct OrganisationChange {
  std::optional<std::string> name;
  std::optional<std::string> title;
  std::optional<std::string> description;
  std::optional<std::string> hostname;
};

/// Needs the rank of an admin.
Result<model::Tenant> update_organisation(storage::Transaction& tx, Caller const& caller,
                                          OrganisationChange const& change);

/// The old secret is worth nothing any more. Needs the rank of an admin.
Result<model::Tenant> renew_join_secret(storage::Transaction& tx, Caller const& caller);

/// Whether anybody may read something in it without a credential: it has a channel for anyone.
Result<bool> is_public(storage::Transaction& tx, TenantId tenant);

}  // namespace parlance::core
