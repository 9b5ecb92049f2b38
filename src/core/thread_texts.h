#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "core/caller.h"
#include "model/conversation.h"
#include "storage/transaction.h"

namespace parlance::core {

/// What is made of a thread's messages.
struct ThreadTexts {
  std::string subject;  ///< one line; cut to kMaxNameBytes
  std::string summary;  ///< cut to kMaxDescriptionBytes
  std::vector<std::string> tags;
};

/// Keeps them, with the thread as it was read under its lock. A subject or name that somebody has given stays. Where
/// the subject has changed, conversation_updated tells of it.
Result<void> set_thread_texts(storage::Transaction& tx, model::Conversation const& thread, ThreadTexts const& texts);

/// Adds to the tags that the thread has.
Result<void> add_thread_tags(storage::Transaction& tx, model::Conversation const& thread,
                             std::vector<std::string> const& tags);

/// Takes away what was made of a thread's messages, until it is made again: of a text that was deleted or edited away
/// nothing stays to be read or found. For the verbs that do so.
Result<void> forget_thread_texts(storage::Transaction& tx, TenantId tenant, ConversationId id);

struct TagCount {
  std::string tag;
  std::int64_t count = 0;
};
/// The tags of the threads that the caller may read, most frequent first, at most `limit`.
Result<std::vector<TagCount>> list_tags(storage::Transaction& tx, Caller const& caller, std::int64_t limit);

/// Queues the job of kind kSummarizeJob where messages of a thread have been added, edited or deleted above
/// `after_offset`. For the job that derives side effects.
Result<void> queue_summary(storage::Transaction& tx, TenantId tenant, ConversationId id, std::int64_t after_offset);

inline constexpr char const* kSummarizeJob = "summarize";

}  // namespace parlance::core
