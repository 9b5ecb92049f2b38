#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "core/caller.h"
#include "core/spaces.h"
#include "model/conversation.h"
#include "storage/transaction.h"

namespace parlance::core {

/// A stretch of a list, and how long the whole list is.
template <typename T>
struct ListPage {
  std::vector<T> items;
  std::int64_t total = 0;
};

/// What a space holds, a page at a time. Each looks first whether the caller may see the space (see get_space).

/// Conversations of the space that the caller may see, oldest first; no streams, no archived ones, none that the caller
/// has left.
Result<ListPage<model::Conversation>> list_conversations_of_space(storage::Transaction& tx, Caller const& caller,
                                                                  SpaceId id, std::int64_t limit, std::int64_t offset);

/// As list_space_members. Who has no name is sorted by the external id.
Result<ListPage<SpaceMemberView>> list_members_of_space(storage::Transaction& tx, Caller const& caller, SpaceId id,
                                                        std::int64_t limit, std::int64_t offset);

/// The member of that external id; empty where there is none.
Result<std::optional<SpaceMemberView>> find_space_member(storage::Transaction& tx, Caller const& caller, SpaceId id,
                                                         std::string_view external_id);

}  // namespace parlance::core
