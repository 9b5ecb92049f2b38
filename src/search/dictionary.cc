#include "search/dictionary.h"

#include <unicode/utf8.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <tuple>
#include <unordered_map>
#include <utility>

#include "search/arrays.h"

namespace parlance::search {

namespace {

/// Terms looked at for one trigram; a bound for vocabularies that nobody speaks.
constexpr std::int64_t kMaxTermsOfTrigram = 20'000;

/// Each letter off spoils at most four trigrams.
constexpr int kSpoiltTrigrams = 4;

std::string utf8_of(std::u32string_view letters) {
  std::string text;
  for (auto const letter : letters) {
    std::array<char, U8_MAX_LENGTH> bytes{};
    std::size_t length = 0;
    U8_APPEND_UNSAFE(bytes.data(), length, static_cast<UChar32>(letter));
    text.append(bytes.data(), length);
  }
  return text;
}

std::vector<std::string> cut(std::u32string_view letters) {
  std::vector<std::string> trigrams;
  for (std::size_t at = 0; at + 3 <= letters.size(); ++at) trigrams.push_back(utf8_of(letters.substr(at, 3)));
  std::ranges::sort(trigrams);
  auto const repeated = std::ranges::unique(trigrams);
  trigrams.erase(repeated.begin(), repeated.end());
  return trigrams;
}

DictionaryTerm term_from(storage::Row const& row) { return {std::string(row.text(0)), row.integer(1)}; }

Result<std::vector<DictionaryTerm>> find_prefixed(storage::Transaction& index, TenantId tenant,
                                                  TermPattern const& pattern) {
  return index.all(
      "SELECT term, threads FROM thread_terms WHERE tenant_id = $1 AND term >= $2 AND term < $3"
      " ORDER BY threads DESC, term LIMIT $4",
      {tenant, pattern.token, end_of_prefix(pattern.token), pattern.limit}, term_from);
}

/// Too short a token has no trigram: all terms are looked through.
Result<std::vector<DictionaryTerm>> find_anywhere(storage::Transaction& index, TenantId tenant,
                                                  TermPattern const& pattern) {
  // Tokens hold neither % nor _.
  return index.all(
      "SELECT term, threads FROM thread_terms WHERE tenant_id = $1 AND term LIKE $2 ORDER BY threads DESC, term"
      " LIMIT $3",
      {tenant, "%" + pattern.token + "%", pattern.limit}, term_from);
}

/// Calls `visit(term)` for the terms of so many letters that hold the trigram.
template <typename Visit>
Result<void> each_with(storage::Transaction& index, TenantId tenant, std::string const& trigram, std::size_t least,
                       std::size_t most, Visit visit) {
  return index.each(
      "SELECT term FROM thread_trigrams WHERE tenant_id = $1 AND trigram = $2 AND letters BETWEEN $3 AND $4 LIMIT $5",
      {tenant, trigram, least, most, kMaxTermsOfTrigram}, [&](storage::Row const& row) { visit(row.text(0)); });
}

/// In how many threads each of the terms occurs; nothing of terms that are gone.
Result<std::unordered_map<std::string, std::int64_t>> count_threads(storage::Transaction& index, TenantId tenant,
                                                                    std::vector<DictionaryTerm> const& terms) {
  std::unordered_map<std::string, std::int64_t> counts;
  auto const see = [&](storage::Row const& row) { counts.emplace(row.text(0), row.integer(1)); };
  if (index.engine() == storage::Engine::postgres) {
    std::vector<std::string> texts;
    for (auto const& term : terms) texts.push_back(term.text);
    TRY(index.each("SELECT term, threads FROM thread_terms WHERE tenant_id = $1 AND term = ANY(CAST($2 AS TEXT[]))",
                   {tenant, array_of(texts)}, see));
    return counts;
  }
  for (auto const& term : terms)
    TRY(index.each("SELECT term, threads FROM thread_terms WHERE tenant_id = $1 AND term = $2", {tenant, term.text},
                   see));
  return counts;
}

/// Gives each term its number of threads, and puts the best first.
Result<std::vector<DictionaryTerm>> ranked(storage::Transaction& index, TenantId tenant,
                                           std::vector<DictionaryTerm> terms, std::size_t limit) {
  auto const order = [](DictionaryTerm const& term) {
    return std::tuple(term.typos, -term.threads, std::string_view(term.text));
  };
  std::ranges::sort(terms, {}, order);
  if (terms.size() > kMaxTermsFound) terms.resize(kMaxTermsFound);
  auto const counts = TRY(count_threads(index, tenant, terms));
  for (auto& term : terms)
    if (auto const found = counts.find(term.text); found != counts.end()) term.threads = found->second;
  std::ranges::sort(terms, {}, order);
  if (terms.size() > limit) terms.resize(limit);
  return terms;
}

Result<std::vector<DictionaryTerm>> find_containing(storage::Transaction& index, TenantId tenant,
                                                    TermPattern const& pattern) {
  auto const letters = letters_of(pattern.token);
  if (letters.size() < kMinSpelledLetters || letters.size() > kMaxSpelledLetters)
    return find_anywhere(index, tenant, pattern);
  std::vector<DictionaryTerm> terms;
  auto const middle = utf8_of(std::u32string_view(letters).substr((letters.size() - 3) / 2, 3));
  TRY(each_with(index, tenant, middle, letters.size(), kMaxSpelledLetters, [&](std::string_view term) {
    if (term.contains(pattern.token)) terms.push_back({std::string(term)});
  }));
  return ranked(index, tenant, std::move(terms), pattern.limit);
}

Result<std::vector<DictionaryTerm>> find_similar(storage::Transaction& index, TenantId tenant,
                                                 TermPattern const& pattern) {
  auto const letters = letters_of(pattern.token);
  if (letters.size() < kMinSpelledLetters || letters.size() > kMaxSpelledLetters) return std::vector<DictionaryTerm>{};
  auto const typos = std::clamp(pattern.typos, 0, 2);
  auto const trigrams = cut(U"  " + letters + (pattern.goes_on ? U"" : U" "));
  auto const least = letters.size() - static_cast<std::size_t>(typos);
  auto const most = pattern.goes_on ? kMaxSpelledLetters : letters.size() + static_cast<std::size_t>(typos);
  std::unordered_map<std::string, int> shared;
  for (auto const& trigram : trigrams)
    TRY(each_with(index, tenant, trigram, least, most, [&](std::string_view term) { ++shared[std::string(term)]; }));

  auto const enough = std::max(1, static_cast<int>(trigrams.size()) - kSpoiltTrigrams * typos);
  std::vector<DictionaryTerm> terms;
  for (auto const& [term, count] : shared) {
    if (count < enough) continue;
    auto const distance = edit_distance(letters, letters_of(term), pattern.goes_on, typos);
    if (distance <= typos) terms.push_back({term, 0, distance});
  }
  return ranked(index, tenant, std::move(terms), pattern.limit);
}

}  // namespace

std::u32string letters_of(std::string_view text) {
  std::u32string letters;
  auto const size = static_cast<std::int32_t>(text.size());
  for (std::int32_t at = 0; at < size;) {
    UChar32 letter = 0;
    U8_NEXT(text.data(), at, size, letter);
    letters += static_cast<char32_t>(std::max(letter, 0));
  }
  return letters;
}

Trigrams trigrams_of(std::string_view term) {
  auto const letters = letters_of(term);
  if (letters.size() < kMinSpelledLetters || letters.size() > kMaxSpelledLetters) return {{}, letters.size()};
  return {cut(U"  " + letters + U" "), letters.size()};
}

std::string end_of_prefix(std::string_view prefix) { return std::string(prefix) + "\U0010FFFF"; }

int edit_distance(std::u32string_view token, std::u32string_view term, bool goes_on, int most) {
  auto const width = term.size() + 1;
  // Three rows of the usual table: a swap looks two back.
  std::vector<int> before_last(width), last(width), row(width);
  for (std::size_t j = 0; j < width; ++j) row[j] = static_cast<int>(j);
  for (std::size_t i = 1; i <= token.size(); ++i) {
    std::swap(before_last, last);
    std::swap(last, row);
    row[0] = static_cast<int>(i);
    for (std::size_t j = 1; j < width; ++j) {
      int const changed = last[j - 1] + (token[i - 1] == term[j - 1] ? 0 : 1);
      row[j] = std::min({changed, last[j] + 1, row[j - 1] + 1});
      bool const is_swapped = i > 1 && j > 1 && token[i - 1] == term[j - 2] && token[i - 2] == term[j - 1];
      if (is_swapped) row[j] = std::min(row[j], before_last[j - 2] + 1);
    }
    if (std::ranges::min(row) > most) return most + 1;
  }
  return std::min(goes_on ? std::ranges::min(row) : row.back(), most + 1);
}

Result<std::vector<DictionaryTerm>> find_terms(storage::Transaction& index, TenantId tenant, TermPattern const& asked) {
  auto pattern = asked;
  pattern.limit = std::min(pattern.limit, kMaxTermsFound);
  if (pattern.token.empty() || pattern.limit == 0) return std::vector<DictionaryTerm>{};
  switch (pattern.kind) {
    case TermPattern::Kind::prefix: return find_prefixed(index, tenant, pattern);
    case TermPattern::Kind::contains: return find_containing(index, tenant, pattern);
    case TermPattern::Kind::similar: return find_similar(index, tenant, pattern);
  }
  return std::vector<DictionaryTerm>{};
}

Result<void> add_trigrams(storage::Transaction& index, TenantId tenant, std::vector<std::string> const& terms) {
  std::vector<std::string> texts;
  std::vector<std::string> of;
  std::vector<std::int64_t> letters;
  for (auto const& term : terms) {
    auto trigrams = trigrams_of(term);
    for (auto& trigram : trigrams.texts) {
      texts.push_back(std::move(trigram));
      letters.push_back(static_cast<std::int64_t>(trigrams.letters));
      of.push_back(term);
    }
  }
  if (texts.empty()) return {};
  if (index.engine() == storage::Engine::postgres) {
    TRY(
        index.execute("INSERT INTO thread_trigrams (tenant_id, trigram, letters, term) SELECT $1, t, l, w FROM"
                      " unnest(CAST($2 AS TEXT[]), CAST($3 AS BIGINT[]), CAST($4 AS TEXT[])) AS u (t, l, w)"
                      " ON CONFLICT DO NOTHING",
                      {tenant, array_of(texts), array_of(letters), array_of(of)}));
    return {};
  }
  for (std::size_t i = 0; i < texts.size(); ++i) {
    TRY(
        index.execute("INSERT INTO thread_trigrams (tenant_id, trigram, letters, term) VALUES ($1, $2, $3, $4)"
                      " ON CONFLICT DO NOTHING",
                      {tenant, texts[i], letters[i], of[i]}));
  }
  return {};
}

Result<void> remove_terms(storage::Transaction& index, TenantId tenant, std::vector<std::string> const& terms) {
  for (auto const& term : terms) {
    TRY(index.execute("DELETE FROM thread_terms WHERE tenant_id = $1 AND term = $2", {tenant, term}));
    auto const trigrams = trigrams_of(term);
    for (auto const& trigram : trigrams.texts) {
      TRY(
          index.execute("DELETE FROM thread_trigrams WHERE tenant_id = $1 AND trigram = $2 AND letters = $3"
                        " AND term = $4",
                        {tenant, trigram, trigrams.letters, term}));
    }
  }
  return {};
}

}  // namespace parlance::search
