#include "dialects/structchat/thread_search.h"

#include <algorithm>
#include <utility>

#include "core/thread_scope.h"
#include "core/threads.h"
#include "dialects/structchat/search_parameters.h"
#include "search/thread_index.h"
#include "search/typesense/filter.h"

namespace parlance::structchat {
namespace {

/// A query may be taken for very many terms where none of its words is there as it was written.
constexpr std::size_t kMaxTermsShown = 100;

Result<search::ThreadQuery> query_of(storage::Transaction& tx, core::Caller const& caller,
                                     search::typesense::SearchRequest const& request) {
  auto query = request.query;
  query.tenant = caller.tenant;
  query.scope = TRY(core::read_thread_scope(tx, caller));
  search::typesense::read_ids(query.filter, search_id_of);
  return query;
}

/// The hits' threads, each once. A thread may be in several groups.
Result<std::vector<core::Encounter>> read_listed(storage::Transaction& tx, core::Caller const& caller,
                                                 std::vector<search::ThreadHit> const& hits) {
  std::vector<core::Encounter> listed;
  std::unordered_map<ConversationId, bool> seen;
  for (auto const& hit : hits) {
    if (!seen.emplace(hit.thread, true).second) continue;
    if (auto thread = TRY(core::find_listed(tx, caller, {}, hit.thread))) listed.push_back(*std::move(thread));
  }
  return listed;
}

}  // namespace

Result<SearchFindings> find_threads(storage::Transaction& tx, search::MessageIndex& index, core::Caller const& caller,
                                    search::typesense::SearchRequest const& request, FeedChats chats) {
  SearchFindings found;
  auto const query = TRY(query_of(tx, caller, request));
  found.hits = TRY(index.threads().search(tx, query));
  auto terms = found.hits.resolved.empty() ? request.query.terms.required : found.hits.resolved;
  terms.resize(std::min(terms.size(), kMaxTermsShown));
  ThreadHighlighter highlighter(tx, index, request, terms);
  auto listed = TRY(read_listed(tx, caller, found.hits.hits));
  for (auto& thread : TRY(read_feed_threads(tx, caller, std::move(listed), chats))) {
    auto const id = thread.encounter.conversation.id;
    auto highlights = TRY(highlighter.highlight(thread));
    found.threads.emplace(id, ThreadFinding{std::move(thread), std::move(highlights)});
  }
  std::erase_if(found.hits.hits, [&](search::ThreadHit const& hit) { return !found.threads.contains(hit.thread); });
  return found;
}

}  // namespace parlance::structchat
