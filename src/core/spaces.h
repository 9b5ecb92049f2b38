#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "core/caller.h"
#include "model/space.h"
#include "storage/transaction.h"

namespace parlance::core {

struct NewSpace {
  std::string name;
  std::string description;
  std::string icon;  ///< JSON, or empty
};

/// The space that every tenant starts with: for create_tenant.
Result<model::Space> create_default_space(storage::Transaction& tx, Caller const& backend);

/// Makes a space with its main conversation. A caller with a user becomes its owner.
Result<model::Space> create_space(storage::Transaction& tx, Caller const& caller, NewSpace const& input);

/// The space, where the caller may see it: not_found where it is absent, forbidden where it is another's. The tenant's
/// backend and its admins see all spaces.
Result<model::Space> get_space(storage::Transaction& tx, Caller const& caller, SpaceId id);

/// Those the caller may see, oldest first.
Result<std::vector<model::Space>> list_spaces(storage::Transaction& tx, Caller const& caller);

struct SpaceChange {
  std::optional<std::string> name;
  std::optional<std::string> description;
  std::optional<std::string> icon;
};
/// Needs the space role admin.
Result<model::Space> update_space(storage::Transaction& tx, Caller const& caller, SpaceId id,
                                  SpaceChange const& change);

/// The caller's role in the space; empty where it has none. In the default space every user has one.
Result<std::optional<model::SpaceRole>> space_role(storage::Transaction& tx, Caller const& caller, SpaceId id);

/// Adds or changes a member. Needs the backend or the space role admin; the last owner stays (conflict).
Result<model::SpaceMember> put_space_member(storage::Transaction& tx, Caller const& caller, SpaceId id, UserId user,
                                            model::SpaceRole role);
Result<void> remove_space_member(storage::Transaction& tx, Caller const& caller, SpaceId id, UserId user);

struct SpaceMemberView {
  model::SpaceMember member;
  std::string external_id;
  std::string name;
};
/// By name, then id. In the default space: every user of the tenant.
Result<std::vector<SpaceMemberView>> list_space_members(storage::Transaction& tx, Caller const& caller, SpaceId id);

/// "owner", "admin", "editor", "viewer".
std::string_view role_name(model::SpaceRole role);
std::optional<model::SpaceRole> parse_space_role(std::string_view name);

}  // namespace parlance::core
