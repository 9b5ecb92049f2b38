#include "search/typesense/snippet.h"

#include <algorithm>
#include <utility>

#include "search/match.h"
#include "search/tokenize.h"

namespace parlance::search::typesense {
namespace {

/// Matches that are this many words apart or fewer are shown together.
constexpr std::size_t kWindowWords = 10;

/// What matches past so many matches is shown without marks: a short word may stand in a long text often, and marks may
/// be longer than words.
constexpr std::size_t kMaxMarks = 200;

/// Longer runs of punctuation at the ends of a piece are left out.
constexpr std::size_t kMaxPunctuation = 8;

constexpr bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

/// Bytes of the text that hold a match.
struct Mark {
  Range range;
  std::size_t word = 0;
  std::size_t term = 0;
};

/// What is shown of a text: from one word to another.
struct Piece {
  std::size_t begin = 0;
  std::size_t end = 0;
};

class SnippetMaker {
 public:
  SnippetMaker(std::string_view text, SnippetOptions const& options)
      : text_(text), options_(options), tokens_(tokenize(text)) {
    find_words();
  }

  std::optional<Snippet> make(std::vector<Term> const& terms) {
    find_marks(terms);
    if (marks_.empty()) return std::nullopt;
    Snippet snippet;
    auto const piece = best_piece();
    snippet.text = draw(piece, &snippet.matched_tokens);
    if (options_.needs_whole) snippet.whole = draw({0, text_.size()}, nullptr);
    return snippet;
  }

 private:
  void find_words() {
    bool may_go_on = false;
    for (auto const& token : tokens_) {
      bool const is_word = token.kind == TokenKind::word;
      bool const goes_on = is_word && may_go_on && !has_space(words_.back().end, token.begin);
      if (goes_on)
        words_.back().end = token.end;
      else
        words_.push_back({token.begin, token.middle});
      word_of_.push_back(words_.size() - 1);
      may_go_on = is_word;
    }
  }

  void find_marks(std::vector<Term> const& terms) {
    for (std::size_t term = 0; term < terms.size(); ++term) {
      for (std::size_t at = 0; at < tokens_.size(); ++at) {
        if (!occurs_at(tokens_, at, terms[term])) continue;
        for (auto i = at; i < at + terms[term].tokens.size(); ++i)
          marks_.push_back({shown_at(tokens_, at, i, terms[term]), word_of_[i], term});
      }
    }
    std::ranges::sort(marks_, {}, [](Mark const& mark) { return std::pair(mark.range.begin, mark.range.end); });
  }

  Piece best_piece() const {
    if (words_.size() <= options_.whole_words) return {0, text_.size()};
    auto const [first, last] = best_window();
    auto const from = first->word - std::min(first->word, affix());
    auto end = last->range.end;
    for (auto mark = first; mark != last; ++mark) end = std::max(end, mark->range.end);
    auto const to = std::min(word_before(end) + affix(), words_.size() - 1);
    return {begin_before(words_[from].begin), end_after(std::max(end, words_[to].end))};
  }

  /// The last word that begins before byte `end`.
  std::size_t word_before(std::size_t end) const {
    auto const next = std::ranges::lower_bound(words_, end, {}, &Piece::begin);
    return static_cast<std::size_t>(next - words_.begin()) - 1;
  }

  std::size_t affix() const { return std::min(options_.affix_words, words_.size()); }

  using MarkPlace = std::vector<Mark>::const_iterator;

  /// The first and the last mark of the window that shows the most terms; of several the first.
  std::pair<MarkPlace, MarkPlace> best_window() const {
    std::pair best(marks_.begin(), marks_.begin());
    std::size_t most = 0;
    for (auto first = marks_.begin(); first != marks_.end(); ++first) {
      std::vector<std::size_t> terms;
      auto last = first;
      for (auto mark = first; mark != marks_.end() && mark->word < first->word + kWindowWords; ++mark) {
        if (std::ranges::find(terms, mark->term) == terms.end()) terms.push_back(mark->term);
        last = mark;
      }
      if (terms.size() <= most) continue;
      most = terms.size();
      best = {first, last};
    }
    return best;
  }

  /// Takes in the punctuation that touches the first word.
  std::size_t begin_before(std::size_t begin) const {
    auto at = begin;
    auto const lowest = end_of_word_before(begin);
    while (at > lowest && !is_space(text_[at - 1])) --at;
    return begin - at <= kMaxPunctuation ? at : begin;
  }

  /// And the last one.
  std::size_t end_after(std::size_t end) const {
    auto const next = std::ranges::upper_bound(words_, end, {}, &Piece::begin);
    auto const highest = next == words_.end() ? text_.size() : next->begin;
    auto at = end;
    bool const touches = std::ranges::binary_search(words_, end, {}, &Piece::begin);
    while (!touches && at < highest && !is_space(text_[at])) ++at;
    return at - end <= kMaxPunctuation ? at : end;
  }

  std::size_t end_of_word_before(std::size_t begin) const {
    auto const word = std::ranges::lower_bound(words_, begin, {}, &Piece::begin);
    return word == words_.begin() ? 0 : std::prev(word)->end;
  }

  std::string draw(Piece const& piece, std::vector<std::string>* matched) const {
    std::string result;
    auto at = piece.begin;
    std::size_t drawn = 0;
    for (auto mark = marks_.begin(); mark != marks_.end() && drawn < kMaxMarks;) {
      auto range = mark->range;
      for (++mark; mark != marks_.end() && mark->range.begin <= range.end; ++mark)
        range.end = std::max(range.end, mark->range.end);
      if (range.begin < piece.begin || range.end > piece.end) continue;
      auto const token = text_.substr(range.begin, range.end - range.begin);
      result.append(text_.substr(at, range.begin - at)).append(options_.start_tag).append(token);
      result.append(options_.end_tag);
      ++drawn;
      at = range.end;
      if (matched != nullptr && std::ranges::find(*matched, token) == matched->end()) matched->emplace_back(token);
    }
    return result.append(text_.substr(at, piece.end - at));
  }

  bool has_space(std::size_t begin, std::size_t end) const {
    return std::ranges::any_of(text_.substr(begin, end - begin), is_space);
  }

  std::string_view text_;
  SnippetOptions const& options_;
  std::vector<Token> tokens_;
  std::vector<Piece> words_;          // ascending, apart
  std::vector<std::size_t> word_of_;  // each token
  std::vector<Mark> marks_;           // ascending
};

}  // namespace

std::optional<Snippet> make_snippet(std::string_view text, std::vector<Term> const& terms,
                                    SnippetOptions const& options) {
  if (terms.empty()) return std::nullopt;
  return SnippetMaker(text, options).make(terms);
}

}  // namespace parlance::search::typesense
