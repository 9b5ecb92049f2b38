#include "search/thread_holders.h"

#include <algorithm>
#include <string>

#include "search/posting_reader.h"
#include "search/thread_matches.h"
#include "search/tokenize.h"

namespace parlance::search {

namespace {

/// The distinct tokens of the text, the longest first: those are parts of the fewest words.
std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words;
  for (auto& token : tokenize(text)) words.push_back(std::move(token.text));
  std::ranges::sort(words, [](std::string const& left, std::string const& right) {
    return left.size() != right.size() ? left.size() > right.size() : left < right;
  });
  auto const repeated = std::ranges::unique(words);
  words.erase(repeated.begin(), repeated.end());
  if (words.size() > kMaxHolderWords) words.resize(kMaxHolderWords);
  return words;
}

bool is_told(Posting const& posting) { return posting.chats > 0 || (posting.fields & bit_of(TextField::subject)) != 0; }

/// The slots of all threads with a word that `part` is a part of. Empty where these words are too many.
Result<std::optional<SlotSet>> slots_with(storage::Transaction& index, ThreadTable const& table, TenantId tenant,
                                          std::string const& part) {
  // The dictionary is small, and only a look at all of it finds also what is too long to be known by its trigrams.
  // Tokens hold neither % nor _.
  auto const terms = TRY(index.all("SELECT term FROM thread_terms WHERE tenant_id = $1 AND term LIKE $2 LIMIT $3",
                                   {tenant, "%" + part + "%", kMaxHolderTerms + 1},
                                   [](storage::Row const& row) { return std::string(row.text(0)); }));
  if (terms.size() > kMaxHolderTerms) return std::nullopt;
  SlotSet slots(table.rows().size());
  TRY(PostingReader(index, tenant, slots.size()).read(terms, [&](std::span<Posting const> postings) {
    for (auto const& posting : postings)
      if (is_told(posting)) slots[posting.slot] = 1;
  }));
  return slots;
}

}  // namespace

Result<std::optional<std::vector<ConversationId>>> find_holders(storage::Transaction& index, ThreadTable const& table,
                                                                TenantId tenant, std::string_view text) {
  SlotSet left(table.rows().size(), 1);
  bool is_narrowed = false;
  for (auto const& word : words_of(text)) {
    auto const slots = TRY(slots_with(index, table, tenant, word));
    if (!slots) continue;
    is_narrowed = true;
    for (std::size_t slot = 0; slot < left.size(); ++slot) left[slot] &= (*slots)[slot];
  }
  if (!is_narrowed) return std::nullopt;
  std::vector<ConversationId> holders;
  for (std::size_t slot = 0; slot < left.size(); ++slot)
    if (left[slot]) holders.push_back(table.rows()[slot].conversation);
  return holders;
}

}  // namespace parlance::search
