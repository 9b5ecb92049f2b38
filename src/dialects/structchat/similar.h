#pragma once

#include <vector>

#include "base/result.h"
#include "core/caller.h"
#include "core/permissions.h"
#include "model/message.h"
#include "search/index.h"
#include "storage/transaction.h"

namespace parlance::structchat {

inline constexpr std::size_t kMostSimilar = 5;

/// Threads that the caller may read and that speak of what `thread` speaks of: its characteristic terms are looked up
/// in the index of threads, rare ones counting more. The most similar first, at most kMostSimilar; none while the
/// index cannot be asked. Blocks as ThreadIndex::search does.
Result<std::vector<core::Encounter>> find_similar(storage::Transaction& tx, search::MessageIndex& index,
                                                  core::Caller const& caller, core::Encounter const& thread,
                                                  std::vector<model::Message> const& chats);

}  // namespace parlance::structchat
