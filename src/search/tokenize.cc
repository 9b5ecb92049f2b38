#include "search/tokenize.h"

#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>
#include <unicode/uscript.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <cstdint>
#include <utility>

#include "base/text.h"

namespace parlance::search {

namespace {

constexpr std::uint32_t kTokenCategories = U_GC_L_MASK | U_GC_N_MASK | U_GC_M_MASK;

enum class Class {
  separator,
  spaced,    ///< of a word
  unspaced,  ///< of a run that is cut into bigrams
  extend,    ///< goes with the character before it
};

constexpr bool is_ascii_alnum(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool is_unspaced(UChar32 c) {
  for (auto const script : {USCRIPT_HAN, USCRIPT_HIRAGANA, USCRIPT_KATAKANA, USCRIPT_HANGUL, USCRIPT_BOPOMOFO})
    if (uscript_hasScript(c, script)) return true;
  // Thai, Lao, Khmer, Burmese and others.
  return u_getIntPropertyValue(c, UCHAR_LINE_BREAK) == U_LB_COMPLEX_CONTEXT;
}

Class class_of(UChar32 c) {
  if (c < 0x80) return is_ascii_alnum(static_cast<char>(c)) ? Class::spaced : Class::separator;
  auto const category = U_MASK(u_charType(c));
  if ((category & U_GC_M_MASK) || u_hasBinaryProperty(c, UCHAR_GRAPHEME_EXTEND) ||
      u_hasBinaryProperty(c, UCHAR_DEFAULT_IGNORABLE_CODE_POINT))
    return Class::extend;
  if (!(category & kTokenCategories)) return Class::separator;
  return is_unspaced(c) ? Class::unspaced : Class::spaced;
}

/// Accents and the points of Hebrew and Arabic; not the vowels of Indic scripts, nor the voicing of kana.
bool is_accent(UChar32 c, UChar32 before) {
  constexpr UChar32 kBreve = 0x0306;
  constexpr UChar32 kCyrillicI = 0x0438;
  if (c == kBreve && before == kCyrillicI) return false;  // й is a letter of its own
  auto const combining = u_getCombiningClass(c);
  return (combining >= 10 && combining <= 35) || combining >= 200;
}

icu::UnicodeString without_accents(icu::UnicodeString const& decomposed) {
  icu::UnicodeString result;
  UChar32 before = 0;
  for (std::int32_t at = 0; at < decomposed.length(); at = decomposed.moveIndex32(at, 1)) {
    auto const c = decomposed.char32At(at);
    if (is_accent(c, before)) continue;
    if (U_MASK(u_charType(c)) & kTokenCategories) result.append(c);
    before = c;
  }
  return result;
}

std::string fold_any(std::string_view text) {
  // These fail only where ICU's data is missing, which is linked in.
  UErrorCode status = U_ZERO_ERROR;
  static auto const* const casefold = icu::Normalizer2::getNFKCCasefoldInstance(status);
  static auto const* const decompose = icu::Normalizer2::getNFDInstance(status);
  static auto const* const compose = icu::Normalizer2::getNFCInstance(status);
  auto const piece = icu::StringPiece(text.data(), static_cast<std::int32_t>(text.size()));
  auto const folded = casefold->normalize(icu::UnicodeString::fromUTF8(piece), status);
  auto const bare = compose->normalize(without_accents(decompose->normalize(folded, status)), status);
  std::string result;
  return bare.toUTF8String(result);
}

std::string fold(std::string_view text, std::size_t longest) {
  auto const is_ascii = std::ranges::all_of(text, is_ascii_alnum);
  auto result = is_ascii ? to_lower_ascii(text) : fold_any(text);
  result.resize(truncate_utf8(result, longest).size());
  return result;
}

/// Takes the characters of a text one by one and makes tokens of them.
class Cutter {
 public:
  explicit Cutter(std::string_view text) : text_(text) {}

  std::vector<Token> cut() {
    auto const size = static_cast<std::int32_t>(text_.size());
    for (std::int32_t at = 0; at < size;) {
      auto const begin = static_cast<std::size_t>(at);
      UChar32 c = 0;
      U8_NEXT(text_.data(), at, size, c);
      take(class_of(c), begin, static_cast<std::size_t>(at));
    }
    finish_run();
    return std::move(tokens_);
  }

 private:
  struct Unit {
    std::string text;
    std::size_t begin;
    std::size_t end;
  };

  void take(Class found, std::size_t begin, std::size_t end) {
    if (found == Class::extend) {
      if (class_ != Class::separator) end_ = end;
      return;
    }
    if (found != class_) finish_run();
    if (found == Class::unspaced) finish_unit();
    if (class_ == Class::separator || found == Class::unspaced) begin_ = begin;
    class_ = found;
    end_ = end;
  }

  void finish_unit() {
    if (class_ != Class::unspaced) return;
    auto folded = fold(text_.substr(begin_, end_ - begin_), kMaxTokenBytes / 2);
    if (!folded.empty()) units_.push_back({std::move(folded), begin_, end_});
  }

  void finish_run() {
    if (class_ == Class::spaced) {
      auto folded = fold(text_.substr(begin_, end_ - begin_), kMaxTokenBytes);
      if (!folded.empty()) tokens_.push_back({std::move(folded), TokenKind::word, begin_, end_, end_});
    }
    finish_unit();
    for (std::size_t i = 0; i < units_.size(); ++i) {
      auto const& unit = units_[i];
      bool const is_last = i + 1 == units_.size();
      if (is_last)
        tokens_.push_back({unit.text, TokenKind::unit, unit.begin, unit.end, unit.end});
      else
        tokens_.push_back({unit.text + units_[i + 1].text, TokenKind::bigram, unit.begin, unit.end, units_[i + 1].end});
    }
    units_.clear();
    class_ = Class::separator;
  }

  std::string_view text_;
  std::vector<Token> tokens_;
  std::vector<Unit> units_;  // of the run, without the one that may still be extended
  Class class_ = Class::separator;
  std::size_t begin_ = 0;  // of the word, or of the last unit
  std::size_t end_ = 0;
};

/// OPTIMIZATION: most texts are ASCII, and most of the time of indexing one went into making a list of tokens of it.
std::string joined_ascii(std::string_view text) {
  std::string result;
  result.reserve(text.size() + 1);
  std::size_t begin = 0;  // of the token at the end of the result
  auto const finish_token = [&] {
    if (result.size() == begin) return;
    result += ' ';
    begin = result.size();
  };
  for (char const c : text) {
    if (!is_ascii_alnum(c))
      finish_token();
    else if (result.size() - begin < kMaxTokenBytes)
      result += c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
  }
  finish_token();
  return result;
}

}  // namespace

std::vector<Token> tokenize(std::string_view text) { return Cutter(text).cut(); }

std::string join(std::vector<Token> const& tokens) {
  std::string result;
  for (auto const& token : tokens) {
    result += token.text;
    result += ' ';
  }
  return result;
}

std::string joined_tokens(std::string_view text) {
  auto const is_ascii = std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
  return is_ascii ? joined_ascii(text) : join(tokenize(text));
}

}  // namespace parlance::search
