#include <algorithm>
#include <cmath>
#include <unordered_map>

#include "base/text.h"
#include "jobs/summarizer.h"
#include "search/salient_terms.h"
#include "search/tokenize.h"

namespace parlance::jobs {
namespace {

constexpr std::size_t kSubjectBytes = 100;
constexpr std::size_t kSummaryBytes = 600;
constexpr std::size_t kSummarySentences = 3;
constexpr std::size_t kSentences = 400;  ///< looked at
constexpr std::size_t kTerms = 40;       ///< that sentences are weighed by
constexpr std::size_t kMaxTags = 20;
constexpr std::size_t kDerivedTags = 3;
constexpr std::size_t kTagOccurrences = 3;  ///< of a word before it is a tag

std::vector<std::string_view> views_of(std::vector<std::string> const& texts) { return {texts.begin(), texts.end()}; }

std::string one_line(std::string_view text) {
  std::string line;
  for (char const c : text) {
    bool const is_space = static_cast<unsigned char>(c) <= ' ' || c == 0x7f;
    if (!is_space) line += c;
    if (is_space && !line.empty() && line.back() != ' ') line += ' ';
  }
  return std::string(trim(line));
}

/// Ends at a line's end, and at . ! ? before a space; the full stops of Chinese and Japanese count too.
std::size_t end_of_sentence(std::string_view text) {
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '\n') return at + 1;
    bool const is_stop = text[at] == '.' || text[at] == '!' || text[at] == '?';
    bool const is_last = at + 1 == text.size() || text[at + 1] == ' ' || text[at + 1] == '\n' || text[at + 1] == '\r';
    if (is_stop && is_last) return at + 1;
    for (std::string_view const wide : {"。", "！", "？"})
      if (text.substr(at).starts_with(wide)) return at + wide.size();
  }
  return text.size();
}

std::vector<std::string> sentences_of(std::vector<std::string> const& texts) {
  std::vector<std::string> sentences;
  for (std::string_view rest : views_of(texts)) {
    while (!rest.empty() && sentences.size() < kSentences) {
      auto const end = end_of_sentence(rest);
      auto sentence = one_line(rest.substr(0, end));
      if (!sentence.empty()) sentences.push_back(std::move(sentence));
      rest.remove_prefix(end);
    }
  }
  return sentences;
}

/// At most `bytes`, cut at a space where there is one in the second half, with an ellipsis.
std::string shortened(std::string const& text, std::size_t bytes) {
  if (text.size() <= bytes) return text;
  std::string_view cut = truncate_utf8(text, bytes);
  if (auto const space = cut.rfind(' '); space != std::string_view::npos && space > bytes / 2)
    cut = cut.substr(0, space);
  return std::string(trim(cut)) + "…";
}

std::string subject_of(std::vector<std::string> const& texts) {
  std::vector<std::string> plain;
  for (auto const& text : texts) plain.push_back(search::without_markup(text));
  auto const sentences = sentences_of(plain);
  if (sentences.empty()) return {};
  auto subject = sentences.front();
  while (subject.ends_with('.') || subject.ends_with(' ')) subject.pop_back();
  return shortened(subject, kSubjectBytes);
}

using Weights = std::unordered_map<std::string, double>;

double weight_of(std::string const& sentence, Weights const& weights) {
  auto const tokens = search::tokenize(search::without_markup(sentence));
  if (tokens.empty()) return 0;
  double sum = 0;
  for (auto const& token : tokens)
    if (auto const found = weights.find(token.text); found != weights.end()) sum += found->second;
  // Neither the longest sentence nor the shortest, but the densest of those that say something.
  return sum / std::sqrt(static_cast<double>(tokens.size()) + 4);
}

std::string summary_of(std::vector<std::string> const& texts) {
  auto const sentences = sentences_of(texts);
  Weights weights;
  for (auto const& term : search::salient_terms(views_of(texts), kTerms))
    weights[term.token] = 1 + std::log2(static_cast<double>(term.count + term.texts));
  std::vector<std::pair<double, std::size_t>> ranked;
  for (std::size_t i = 0; i < sentences.size(); ++i) ranked.emplace_back(-weight_of(sentences[i], weights), i);
  std::ranges::sort(ranked);
  std::vector<std::size_t> chosen;
  std::size_t size = 0;
  for (auto const& [weight, index] : ranked) {
    if (chosen.size() == kSummarySentences) break;
    if (!chosen.empty() && size + sentences[index].size() > kSummaryBytes) continue;
    size += sentences[index].size();
    chosen.push_back(index);
  }
  std::ranges::sort(chosen);
  std::string summary;
  for (auto const index : chosen) summary += (summary.empty() ? "" : " ") + sentences[index];
  return shortened(summary, kSummaryBytes);
}

bool is_tag_character(char c) {
  bool const is_alnum = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  return is_alnum || c == '_' || c == '-' || static_cast<unsigned char>(c) >= 0x80;
}

bool is_tag(std::string_view word) {
  return !word.empty() && word.size() <= 64 && word.find_first_not_of("0123456789_-") != std::string_view::npos;
}

/// What stands between backticks is not said but quoted: `#include` is no tag. An opening without its end quotes
/// nothing.
std::string without_code(std::string_view text) {
  std::string plain;
  while (!text.empty()) {
    auto const begin = std::min(text.find('`'), text.size());
    plain += text.substr(0, begin);
    text.remove_prefix(begin);
    auto const ticks = text.substr(0, std::min(text.find_first_not_of('`'), text.size()));
    auto const end = ticks.empty() ? std::string_view::npos : text.find(ticks, ticks.size());
    if (end == std::string_view::npos) {
      plain += ticks;
      text.remove_prefix(ticks.size());
    } else {
      plain += ' ';
      text.remove_prefix(end + ticks.size());
    }
  }
  return plain;
}

}  // namespace

std::vector<std::string> hash_words(std::vector<std::string> const& texts, std::size_t most) {
  std::vector<std::string> words;
  for (auto const& text : texts) {
    auto const plain = search::without_markup(without_code(text));
    for (auto at = plain.find('#'); at != std::string::npos; at = plain.find('#', at + 1)) {
      bool const begins = at == 0 || (!is_tag_character(plain[at - 1]) && plain[at - 1] != '#' && plain[at - 1] != '&');
      auto end = at + 1;
      while (end < plain.size() && is_tag_character(plain[end])) ++end;
      auto word = to_lower_ascii(plain.substr(at + 1, end - at - 1));
      while (word.ends_with('-')) word.pop_back();
      bool const is_new = std::ranges::find(words, word) == words.end();
      if (begins && is_tag(word) && is_new && words.size() < most) words.push_back(std::move(word));
    }
  }
  return words;
}

core::ThreadTexts summarize_locally(std::vector<std::string> const& texts) {
  core::ThreadTexts made;
  made.subject = subject_of(texts);
  made.summary = summary_of(texts);
  made.tags = hash_words(texts, kMaxTags);
  std::size_t derived = 0;
  for (auto const& term : search::salient_terms(views_of(texts), kTerms)) {
    bool const is_known = std::ranges::find(made.tags, term.token) != made.tags.end();
    bool const is_telling = term.count >= kTagOccurrences && term.texts > 1;
    if (is_known || !is_telling || derived == kDerivedTags) continue;
    made.tags.push_back(term.token);
    ++derived;
  }
  return made;
}

}  // namespace parlance::jobs
