#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "storage/transaction.h"

namespace parlance::conversations {

/// The user ids in `content` that are written `<@id>`, each once, at most 100. Ids hold no `>`.
std::vector<std::string> mentioned_in(std::string_view content);

/// Whom a message mentions: users that its content names (what is nobody's id is plain text), and those of `named`,
/// which must exist: invalid_argument on "mentions[i]" otherwise.
Result<std::vector<UserId>> resolve_mentions(storage::Transaction& tx, TenantId tenant, std::string_view content,
                                             std::optional<std::vector<std::string>> const& named);

}  // namespace parlance::conversations
