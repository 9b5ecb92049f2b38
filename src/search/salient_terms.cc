#include "search/salient_terms.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "search/tokenize.h"

namespace parlance::search {

namespace {

/// Sorted, for the search below.
constexpr std::array<std::string_view, 170> kStopWords = {
    "about",   "after",   "again",  "all",    "also",   "always", "and",    "another", "any",     "anyone", "are",
    "back",    "because", "been",   "before", "being",  "best",   "better", "both",    "but",     "can",    "cannot",
    "come",    "could",   "did",    "does",   "doing",  "don",    "done",   "down",    "each",    "either", "else",
    "even",    "ever",    "every",  "few",    "first",  "for",    "from",   "get",     "getting", "give",   "going",
    "gone",    "good",    "got",    "had",    "has",    "have",   "having", "hello",   "her",     "here",   "hey",
    "him",     "his",     "how",    "into",   "isn",    "its",    "just",   "keep",    "know",    "last",   "least",
    "less",    "let",     "like",   "little", "looks",  "made",   "make",   "many",    "maybe",   "mean",   "might",
    "more",    "most",    "much",   "must",   "need",   "needs",  "never",  "new",     "next",    "nice",   "not",
    "nothing", "now",     "off",    "okay",   "old",    "once",   "one",    "only",    "other",   "our",    "out",
    "over",    "own",     "part",   "please", "put",    "quite",  "rather", "really",  "right",   "said",   "same",
    "say",     "see",     "seems",  "she",    "should", "since",  "some",   "someone", "soon",    "still",  "such",
    "sure",    "take",    "than",   "thank",  "thanks", "that",   "the",    "their",   "them",    "then",   "there",
    "these",   "they",    "thing",  "things", "think",  "this",   "those",  "though",  "through", "time",   "today",
    "too",     "try",     "trying", "two",    "under",  "until",  "use",    "used",    "using",   "very",   "want",
    "was",     "way",     "well",   "were",   "what",   "when",   "where",  "which",   "while",   "who",    "why",
    "will",    "with",    "would",  "yes",    "you"};
static_assert(std::ranges::is_sorted(kStopWords));

constexpr std::size_t kLeastLetters = 3;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_telling(Token const& token) {
  if (token.kind == TokenKind::unit) return false;
  if (token.kind == TokenKind::bigram) return true;
  bool const has_letter = !std::ranges::all_of(token.text, is_digit);
  return has_letter && token.text.size() >= kLeastLetters && !is_stop_word(token.text);
}

std::size_t end_of_address(std::string_view text, std::size_t at) {
  for (std::string_view const scheme : {"https://", "http://"})
    if (text.substr(at).starts_with(scheme)) return std::min(text.find_first_of(" \t\r\n<>", at), text.size());
  return at;
}

std::size_t end_of_brackets(std::string_view text, std::size_t at) {
  if (text[at] != '<') return at;
  auto const end = text.find_first_of(">\n", at);
  return end == std::string_view::npos || text[end] != '>' ? at : end + 1;
}

}  // namespace

bool is_stop_word(std::string_view token) { return std::ranges::binary_search(kStopWords, token); }

std::string without_markup(std::string_view text) {
  std::string plain;
  plain.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    auto const end = std::max(end_of_address(text, at), end_of_brackets(text, at));
    if (end == at) {
      plain += text[at++];
    } else {
      plain += ' ';
      at = end;
    }
  }
  return plain;
}

std::vector<SalientTerm> salient_terms(std::span<std::string_view const> texts, std::size_t most) {
  std::map<std::string, SalientTerm> by_token;
  for (auto const text : texts) {
    auto const plain = without_markup(text);
    std::set<std::string> seen;
    for (auto const& token : tokenize(plain)) {
      if (!is_telling(token)) continue;
      auto& term = by_token[token.text];
      if (term.count++ == 0) {
        term.token = token.text;
        term.word = plain.substr(token.begin, token.end - token.begin);
      }
      if (seen.insert(token.text).second) ++term.texts;
    }
  }
  std::vector<SalientTerm> terms;
  for (auto& [token, term] : by_token) terms.push_back(std::move(term));
  auto const weight = [](SalientTerm const& term) { return 2 * term.texts + term.count; };
  std::ranges::sort(terms, [&](SalientTerm const& left, SalientTerm const& right) {
    if (weight(left) != weight(right)) return weight(left) > weight(right);
    if (left.token.size() != right.token.size()) return left.token.size() > right.token.size();
    return left.token < right.token;
  });
  if (terms.size() > most) terms.resize(most);
  return terms;
}

}  // namespace parlance::search
