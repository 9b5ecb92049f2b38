#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "core/caller.h"
#include "dialects/structchat/thread_highlight.h"
#include "dialects/structchat/thread_view.h"
#include "search/index.h"
#include "search/thread_query.h"
#include "search/typesense/request.h"
#include "storage/transaction.h"

namespace parlance::structchat {

/// A thread that a search has found.
struct ThreadFinding {
  FeedThread thread;
  std::vector<FieldHighlight> highlights;
};

/// What a search has found, as far as its caller may read it.
struct SearchFindings {
  search::ThreadHits hits;                                    ///< without those that are gone
  std::unordered_map<ConversationId, ThreadFinding> threads;  ///< one for each hit
};

/// Finds the caller's threads. Every hit of the page is looked at again in the database, so that nothing shows which
/// the caller may not read now. Error: unavailable while the index cannot be asked. Blocks as ThreadIndex::search does.
Result<SearchFindings> find_threads(storage::Transaction& tx, search::MessageIndex& index, core::Caller const& caller,
                                    search::typesense::SearchRequest const& request, FeedChats chats);

}  // namespace parlance::structchat
