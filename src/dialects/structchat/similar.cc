#include "dialects/structchat/similar.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <unordered_map>
#include <utility>

#include "core/thread_scope.h"
#include "core/threads.h"
#include "dialects/structchat/thread_view.h"
#include "search/salient_terms.h"
#include "search/thread_index.h"

namespace parlance::structchat {
namespace {

/// What is asked of the index, so that opening a thread stays cheap however much has been written.
constexpr std::size_t kTerms = 6;
constexpr std::size_t kHitsPerTerm = 50;

/// A term counts by how few threads have it; where there are few threads at all, as if there were these.
constexpr double kFewThreads = 200;

/// One shared term alone makes nobody similar, unless it is a rare one.
constexpr double kLeastScore = 2.0;

std::vector<search::SalientTerm> terms_of(core::Encounter const& thread, std::vector<model::Message> const& chats) {
  std::vector<std::string_view> texts;
  texts.push_back(subject_of(thread.conversation));
  for (auto const& chat : chats) texts.push_back(chat.text);
  return search::salient_terms(texts, kTerms);
}

search::ThreadQuery query_for(std::string token) {
  search::ThreadQuery query{.limit = kHitsPerTerm};
  query.terms.required = {{.tokens = {std::move(token)}}};
  for (auto const field : {search::TextField::subject, search::TextField::chats, search::TextField::tags})
    query.fields.push_back({.field = field, .is_prefix = false, .typos = 0});
  return query;
}

}  // namespace

Result<std::vector<core::Encounter>> find_similar(storage::Transaction& tx, search::MessageIndex& index,
                                                  core::Caller const& caller, core::Encounter const& thread,
                                                  std::vector<model::Message> const& chats) {
  std::vector<core::Encounter> similar;
  auto const scope = TRY(core::read_thread_scope(tx, caller));
  std::unordered_map<ConversationId, double> scores;
  for (auto const& term : terms_of(thread, chats)) {
    auto query = query_for(term.token);
    query.tenant = caller.tenant;
    query.scope = scope;
    auto const found = index.threads().search(tx, query);
    if (!found) return similar;
    auto const all = std::max(kFewThreads, static_cast<double>(found->out_of));
    double const rarity = std::log2(1 + all / static_cast<double>(1 + found->found));
    for (auto const& hit : found->hits) scores[hit.thread] += rarity;
  }
  scores.erase(thread.conversation.id);
  std::vector<std::pair<double, ConversationId>> ranked;
  for (auto const& [id, score] : scores)
    if (score >= kLeastScore) ranked.emplace_back(score, id);
  std::ranges::sort(ranked, std::greater<>());
  for (auto const& [score, id] : ranked) {
    if (similar.size() == kMostSimilar) break;
    if (auto listed = TRY(core::find_listed(tx, caller, {}, id))) similar.push_back(*std::move(listed));
  }
  return similar;
}

}  // namespace parlance::structchat
