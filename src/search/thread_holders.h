#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "search/thread_table.h"
#include "storage/transaction.h"

namespace parlance::search {

/// A word that is part of more terms than that narrows nothing down.
inline constexpr std::size_t kMaxHolderTerms = 1'000;

/// At most so many words of a text are looked for, the longest first.
inline constexpr std::size_t kMaxHolderWords = 4;

/// As ThreadIndex::holding(). `table` is the tenant's.
Result<std::optional<std::vector<ConversationId>>> find_holders(storage::Transaction& index, ThreadTable const& table,
                                                                TenantId tenant, std::string_view text);

}  // namespace parlance::search
