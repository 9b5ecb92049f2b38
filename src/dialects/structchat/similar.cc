#include "dialects/structchat/similar.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <unordered_map>
#include <utility>

#include "core/threads.h"
#include "dialects/structchat/thread_view.h"
#include "search/salient_terms.h"

namespace parlance::structchat {
namespace {

/// What is asked of the index, so that opening a thread stays cheap however much has been written.
constexpr std::size_t kTerms = 6;
constexpr std::size_t kHitsPerTerm = 100;
constexpr std::int64_t kThreadsLookedAt = 2000;

/// One shared term alone makes nobody similar, unless it is a rare one.
constexpr double kLeastScore = 2.0;

std::vector<search::SalientTerm> terms_of(core::Encounter const& thread, std::vector<model::Message> const& chats) {
  std::vector<std::string_view> texts;
  texts.push_back(subject_of(thread.conversation));
  for (auto const& chat : chats) texts.push_back(chat.text);
  return search::salient_terms(texts, kTerms);
}

}  // namespace

Result<std::vector<core::Encounter>> find_similar(storage::Transaction& tx, search::MessageIndex& index,
                                                  core::Caller const& caller, core::Encounter const& thread,
                                                  std::vector<model::Message> const& chats) {
  std::vector<core::Encounter> similar;
  auto candidates = TRY(core::list_thread_ids(tx, caller, kThreadsLookedAt));
  std::erase(candidates, thread.conversation.id);
  if (candidates.empty()) return similar;
  std::unordered_map<ConversationId, double> scores;
  for (auto const& term : terms_of(thread, chats)) {
    search::Query query{.tenant = caller.tenant, .conversations = candidates, .limit = kHitsPerTerm};
    query.terms.required = {{.tokens = {term.token}}};
    auto const found = index.search(tx, query);
    if (!found) return similar;
    double const rarity = std::log2(1 + 2.0 * kHitsPerTerm / (1 + static_cast<double>(found->hits.size())));
    std::unordered_map<ConversationId, int> counts;
    for (auto const& hit : found->hits) ++counts[hit.conversation];
    for (auto const& [id, count] : counts) scores[id] += rarity * (1 + std::log2(static_cast<double>(count)) / 4);
  }
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
