#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "search/query.h"
#include "search/thread_query.h"
#include "storage/transaction.h"

/// Where tokens stand side by side: the full-text search of the engine knows.
namespace parlance::search {

/// Called with a conversation and how many of its messages match; on some engines several times for one.
using SeePhrase = std::function<void(ConversationId, std::uint32_t chats)>;

/// Conversations with messages that hold the phrase; only in `within`, where there are any. At most `most` messages are
/// looked at, the newest first.
Result<void> each_chat_phrase(storage::Transaction& index, TenantId tenant, Term const& phrase,
                              std::span<ConversationId const> within, std::int64_t most, SeePhrase const& see);

/// Conversations with a message that is nothing but these tokens.
Result<void> each_whole_chat(storage::Transaction& index, TenantId tenant, std::vector<std::string> const& tokens,
                             std::int64_t most, SeePhrase const& see);

/// Conversations that hold the phrase in their subject, summary or tags.
Result<void> each_told_phrase(storage::Transaction& index, TenantId tenant, Term const& phrase, TextField field,
                              SeePhrase const& see);

}  // namespace parlance::search
