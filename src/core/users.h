#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "core/caller.h"
#include "model/user.h"
#include "storage/transaction.h"

namespace parlance::core {

/// 1..255 bytes of UTF-8 without control characters; invalid_argument with `field` otherwise.
Result<void> check_external_id(std::string_view external_id, std::string_view field);

Result<std::optional<model::User>> find_user(storage::Transaction& tx, TenantId tenant, std::string_view external_id);
/// Capital letters count; an empty address is nobody's.
Result<std::optional<model::User>> find_user_by_email(storage::Transaction& tx, TenantId tenant,
                                                      std::string_view email);
Result<model::User> get_user(storage::Transaction& tx, TenantId tenant, UserId id);

/// The caller with its user's role as it is now, for what lasts longer than a role. not_found where the user is gone.
Result<Caller> caller_now(storage::Transaction& tx, Caller caller);

/// Those of `ids` that are users of the tenant, in their order.
Result<std::vector<UserId>> existing_users(storage::Transaction& tx, TenantId tenant, std::vector<UserId> const& ids);

/// The tenant's users with an id above `after`, by id, at most `limit`.
Result<std::vector<model::User>> list_users(storage::Transaction& tx, TenantId tenant, UserId after,
                                            std::int64_t limit);

/// The user of that external id, created now where it is new (a member without name, in the channels that new users
/// join by themselves).
Result<model::User> ensure_user(storage::Transaction& tx, TenantId tenant, std::string_view external_id);

/// The same for several, in the order given, duplicates kept. `field` names the list in errors.
Result<std::vector<model::User>> ensure_users(storage::Transaction& tx, TenantId tenant,
                                              std::vector<std::string> const& external_ids, std::string_view field);

struct UserChange {
  std::optional<std::string> name;
  std::optional<std::string> email;  ///< unique in the tenant (conflict); empty clears it
  std::optional<model::TenantRole> role;
};

/// Creates or changes. The tenant's last owner cannot be demoted (conflict).
Result<model::User> put_user(storage::Transaction& tx, TenantId tenant, std::string_view external_id,
                             UserChange const& change);

/// "owner", "admin", "moderator", "member", "guest".
std::string_view role_name(model::TenantRole role);
std::optional<model::TenantRole> parse_role(std::string_view name);

}  // namespace parlance::core
