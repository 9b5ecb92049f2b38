#include "actions/pattern.h"

namespace parlance::actions {

namespace {

constexpr std::size_t kMaxParts = 1000;
constexpr std::size_t kStepsBetweenReports = 256;

bool is_between(unsigned char c, unsigned char low, unsigned char high) { return c >= low && c <= high; }

/// Whether `c` is in the class that the small letter names; empty where it names none.
std::optional<bool> is_in_class(unsigned char c, char letter) {
  bool const is_lower = is_between(c, 'a', 'z');
  bool const is_upper = is_between(c, 'A', 'Z');
  bool const is_digit = is_between(c, '0', '9');
  bool const is_graphic = is_between(c, 0x21, 0x7E);
  bool const is_word = is_lower || is_upper || is_digit;
  switch (letter) {
    case 'a': return is_lower || is_upper;
    case 'c': return c < 0x20 || c == 0x7F;
    case 'd': return is_digit;
    case 'g': return is_graphic;
    case 'l': return is_lower;
    case 'p': return is_graphic && !is_word;
    case 's': return c == ' ' || is_between(c, '\t', '\r');
    case 'u': return is_upper;
    case 'w': return is_word;
    case 'x': return is_digit || is_between(c, 'a', 'f') || is_between(c, 'A', 'F');
    case 'z': return c == 0;
    default: return std::nullopt;
  }
}

/// The bytes that '%' and `letter` stand for: a class, its complement, or the letter itself.
std::bitset<256> escaped_set(char letter) {
  std::bitset<256> set;
  auto const byte = static_cast<unsigned char>(letter);
  bool const is_complement = is_between(byte, 'A', 'Z');
  auto const name = is_complement ? static_cast<char>(letter - 'A' + 'a') : letter;
  for (std::size_t c = 0; c < set.size(); ++c) {
    auto const is_in = is_in_class(static_cast<unsigned char>(c), name);
    set[c] = is_in ? *is_in != is_complement : c == byte;
  }
  return set;
}

}  // namespace

class PatternParser {
 public:
  explicit PatternParser(std::string_view text) : text_(text) {}

  Result<Pattern> parse(Pattern::Anchor anchor) {
    if (anchor == Pattern::Anchor::allowed && text_.starts_with('^')) {
      pattern_.is_anchored_ = true;
      ++at_;
    }
    while (at_ < text_.size()) {
      if (pattern_.parts_.size() == kMaxParts) return malformed("too many parts");
      TRY(parse_part());
    }
    if (!open_.empty()) return malformed("unfinished capture");
    return std::move(pattern_);
  }

 private:
  using Part = Pattern::Part;
  using Kind = Pattern::Kind;

  static std::unexpected<Error> malformed(std::string_view why) {
    return fail(Errc::invalid_argument, "malformed pattern (" + std::string(why) + ")");
  }

  Part& add(Kind kind) {
    pattern_.parts_.push_back({.kind = kind});
    return pattern_.parts_.back();
  }

  Result<void> parse_part() {
    auto const c = text_[at_];
    if (c == '(') return parse_open();
    if (c == ')') return parse_close();
    if (c == '$' && at_ + 1 == text_.size()) {
      add(Kind::end);
      ++at_;
      return {};
    }
    if (c == '%' && at_ + 1 < text_.size()) {
      auto const next = text_[at_ + 1];
      if (next == 'b') return parse_balance();
      if (next == 'f') return parse_frontier();
      if (next >= '0' && next <= '9') return parse_back_reference(next);
    }
    Part part;
    part.set = TRY(parse_set_or_byte());
    part.repeat = parse_repeat();
    pattern_.parts_.push_back(part);
    return {};
  }

  Result<void> parse_open() {
    if (pattern_.capture_count_ == Pattern::kMaxCaptures) return malformed("too many captures");
    bool const is_position = text_.substr(at_).starts_with("()");
    add(is_position ? Kind::position : Kind::open).capture = pattern_.capture_count_;
    if (!is_position) open_.push_back(pattern_.capture_count_);
    ++pattern_.capture_count_;
    at_ += is_position ? 2 : 1;
    return {};
  }

  Result<void> parse_close() {
    if (open_.empty()) return malformed("invalid pattern capture");
    add(Kind::close).capture = open_.back();
    open_.pop_back();
    ++at_;
    return {};
  }

  Result<void> parse_balance() {
    if (at_ + 3 >= text_.size()) return malformed("missing arguments to '%b'");
    auto& part = add(Kind::balance);
    part.opening = static_cast<unsigned char>(text_[at_ + 2]);
    part.closing = static_cast<unsigned char>(text_[at_ + 3]);
    at_ += 4;
    return {};
  }

  Result<void> parse_frontier() {
    at_ += 2;
    if (at_ >= text_.size() || text_[at_] != '[') return malformed("missing '[' after '%f'");
    auto const set = TRY(parse_bracket());
    add(Kind::frontier).set = set;
    return {};
  }

  Result<void> parse_back_reference(char digit) {
    auto const capture = static_cast<std::size_t>(digit - '1');
    bool is_closed = digit != '0' && capture < pattern_.capture_count_;
    for (auto const open : open_) is_closed = is_closed && open != capture;
    if (!is_closed) return malformed("invalid capture index");
    add(Kind::back_reference).capture = capture;
    at_ += 2;
    return {};
  }

  Result<std::bitset<256>> parse_set_or_byte() {
    auto const c = text_[at_];
    if (c == '[') return parse_bracket();
    ++at_;
    if (c == '.') return std::bitset<256>().set();
    if (c != '%') return std::bitset<256>().set(static_cast<unsigned char>(c));
    if (at_ == text_.size()) return malformed("ends with '%'");
    return escaped_set(text_[at_++]);
  }

  Result<std::bitset<256>> parse_bracket() {
    ++at_;
    bool const is_complement = at_ < text_.size() && text_[at_] == '^';
    if (is_complement) ++at_;
    auto const end = find_bracket_end();
    if (end >= text_.size()) return malformed("missing ']'");
    std::bitset<256> set;
    while (at_ < end) add_element(set, end);
    at_ = end + 1;
    return is_complement ? ~set : set;
  }

  /// Where the closing bracket is: not the first byte, nor one behind a '%'.
  std::size_t find_bracket_end() const {
    auto end = at_;
    do {
      end += end < text_.size() && text_[end] == '%' ? 2 : 1;
    } while (end < text_.size() && text_[end] != ']');
    return end;
  }

  /// One byte, class or range of those between brackets.
  void add_element(std::bitset<256>& set, std::size_t end) {
    auto const c = text_[at_++];
    if (c == '%') {
      set |= escaped_set(text_[at_++]);
      return;
    }
    bool const is_range = at_ + 1 < end && text_[at_] == '-';
    auto const low = static_cast<unsigned char>(c);
    auto const high = is_range ? static_cast<unsigned char>(text_[at_ + 1]) : low;
    if (is_range) at_ += 2;
    for (unsigned byte = low; byte <= high; ++byte) set.set(byte);
  }

  Pattern::Repeat parse_repeat() {
    if (at_ == text_.size()) return Pattern::Repeat::once;
    switch (text_[at_++]) {
      case '*': return Pattern::Repeat::star;
      case '+': return Pattern::Repeat::plus;
      case '-': return Pattern::Repeat::lazy;
      case '?': return Pattern::Repeat::optional;
      default: --at_; return Pattern::Repeat::once;
    }
  }

  std::string_view text_;
  std::size_t at_ = 0;
  Pattern pattern_;
  std::vector<std::size_t> open_;
};

/// Backtracks; as deep as the pattern has parts.
class PatternMatcher {
 public:
  PatternMatcher(std::vector<Pattern::Part> const& parts, std::string_view subject, Pattern::OnSteps const& on_steps)
      : parts_(parts), subject_(subject), on_steps_(on_steps) {}

  /// The end of a match of the parts from `part` on, at `at`.
  std::optional<std::size_t> match(std::size_t part, std::size_t at) {
    for (; part < parts_.size(); ++part) {
      step();
      auto const& current = parts_[part];
      if (current.kind == Pattern::Kind::bytes && current.repeat != Pattern::Repeat::once) {
        return match_repeated(part, at);
      }
      auto const next = match_one(current, at);
      if (!next) return std::nullopt;
      at = *next;
    }
    return at;
  }

  /// Steps that were not reported yet.
  std::size_t steps() const { return steps_; }

  std::array<Pattern::Capture, Pattern::kMaxCaptures> captures{};

 private:
  void step() {
    if (++steps_ < kStepsBetweenReports) return;
    on_steps_(steps_);
    steps_ = 0;
  }

  bool is_in(std::bitset<256> const& set, std::size_t at) const {
    return at < subject_.size() && set[static_cast<unsigned char>(subject_[at])];
  }

  std::optional<std::size_t> match_one(Pattern::Part const& part, std::size_t at) {
    using enum Pattern::Kind;
    auto const when = [](bool holds, std::size_t next) { return holds ? std::optional(next) : std::nullopt; };
    switch (part.kind) {
      case bytes: return when(is_in(part.set, at), at + 1);
      case open: captures[part.capture] = {at, at, false}; return at;
      case close: captures[part.capture].end = at; return at;
      case position: captures[part.capture] = {at, at, true}; return at;
      case balance: return match_balance(part, at);
      case frontier: return when(is_frontier(part.set, at), at);
      case back_reference: return match_back_reference(captures[part.capture], at);
      case end: return when(at == subject_.size(), at);
    }
    return std::nullopt;
  }

  std::optional<std::size_t> match_repeated(std::size_t part, std::size_t at) {
    auto const& set = parts_[part].set;
    auto const repeat = parts_[part].repeat;
    if (repeat == Pattern::Repeat::lazy) {
      for (;; ++at) {
        step();
        if (auto const end = match(part + 1, at)) return end;
        if (!is_in(set, at)) return std::nullopt;
      }
    }
    std::size_t count = 0;
    auto const most = repeat == Pattern::Repeat::optional ? 1 : subject_.size();
    while (count < most && is_in(set, at + count)) {
      step();
      ++count;
    }
    std::size_t const least = repeat == Pattern::Repeat::plus ? 1 : 0;
    for (auto taken = count + 1; taken > least; --taken) {
      if (auto const end = match(part + 1, at + taken - 1)) return end;
    }
    return std::nullopt;
  }

  std::optional<std::size_t> match_balance(Pattern::Part const& part, std::size_t at) {
    if (at >= subject_.size() || static_cast<unsigned char>(subject_[at]) != part.opening) return std::nullopt;
    std::size_t depth = 1;
    while (++at < subject_.size()) {
      step();
      auto const byte = static_cast<unsigned char>(subject_[at]);
      if (byte == part.closing) {
        if (--depth == 0) return at + 1;
      } else if (byte == part.opening) {
        ++depth;
      }
    }
    return std::nullopt;
  }

  bool is_frontier(std::bitset<256> const& set, std::size_t at) const {
    auto const byte_at = [&](std::size_t position) -> unsigned char {
      return position < subject_.size() ? static_cast<unsigned char>(subject_[position]) : 0;
    };
    return !set[at == 0 ? 0 : byte_at(at - 1)] && set[byte_at(at)];
  }

  std::optional<std::size_t> match_back_reference(Pattern::Capture const& capture, std::size_t at) {
    if (capture.is_position) return std::nullopt;
    auto const text = subject_.substr(capture.begin, capture.end - capture.begin);
    for (std::size_t i = 0; i < text.size(); i += 64) step();
    if (!subject_.substr(at).starts_with(text)) return std::nullopt;
    return at + text.size();
  }

  std::vector<Pattern::Part> const& parts_;
  std::string_view subject_;
  Pattern::OnSteps const& on_steps_;
  std::size_t steps_ = 0;
};

Result<Pattern> Pattern::compile(std::string_view text, Anchor anchor) { return PatternParser(text).parse(anchor); }

std::optional<Pattern::Match> Pattern::match_at(std::string_view subject, std::size_t at,
                                                OnSteps const& on_steps) const {
  PatternMatcher matcher(parts_, subject, on_steps);
  auto const end = matcher.match(0, at);
  on_steps(matcher.steps() + 1);
  if (!end) return std::nullopt;
  return Match{at, *end, matcher.captures};
}

}  // namespace parlance::actions
