#pragma once

#include "base/result.h"
#include "core/caller.h"
#include "core/permissions.h"
#include "dialects/anytype/wire.h"
#include "model/space.h"
#include "storage/transaction.h"

namespace parlance::anytype {

/// A conversation of whatever dialect as a chat of the path's space. not_found where it is absent, in another space, or
/// not the caller's to see: the contract knows no chat that is there and may not be seen.
Result<core::Encounter> meet_chat(storage::Transaction& tx, core::Caller const& caller, ChatPath path);

/// The space, not_found where the caller may not see it.
Result<model::Space> meet_space(storage::Transaction& tx, core::Caller const& caller, SpaceId id);

/// The same, and forbidden where the caller may only look on.
Result<model::Space> meet_space_to_write(storage::Transaction& tx, core::Caller const& caller, SpaceId id);

}  // namespace parlance::anytype
