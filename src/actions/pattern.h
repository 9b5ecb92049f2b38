#pragma once

#include <array>
#include <bitset>
#include <cstddef>
#include <functional>
#include <optional>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace parlance::actions {

/// A Lua pattern (https://www.lua.org/manual/5.4/manual.html#6.4.1), matched step by counted step: the library's own
/// matcher can take exponential time inside one instruction. Bytes, not characters, as in Lua.
class Pattern {
 public:
  static constexpr std::size_t kMaxCaptures = 32;

  enum class Anchor {
    allowed,  ///< a '^' at the beginning means the beginning
    literal,
  };

  /// invalid_argument for a pattern that makes no sense, or has more than a thousand parts.
  static Result<Pattern> compile(std::string_view text, Anchor anchor);

  struct Capture {
    std::size_t begin = 0;
    std::size_t end = 0;
    bool is_position = false;  ///< "()": where it is, not what
  };
  struct Match {
    std::size_t begin = 0;
    std::size_t end = 0;
    std::array<Capture, kMaxCaptures> captures{};
  };

  /// Called every so many steps with their number; may throw to end the search.
  using OnSteps = std::function<void(std::size_t)>;

  /// A match that begins exactly at `at`.
  std::optional<Match> match_at(std::string_view subject, std::size_t at, OnSteps const& on_steps) const;

  bool is_anchored() const { return is_anchored_; }
  std::size_t capture_count() const { return capture_count_; }

 private:
  friend class PatternParser;
  friend class PatternMatcher;

  enum class Kind { bytes, open, close, position, balance, frontier, back_reference, end };
  enum class Repeat { once, star, plus, lazy, optional };
  struct Part {
    Kind kind = Kind::bytes;
    Repeat repeat = Repeat::once;
    std::bitset<256> set;
    std::size_t capture = 0;
    unsigned char opening = 0;  ///< of a balance
    unsigned char closing = 0;
  };

  std::vector<Part> parts_;
  std::size_t capture_count_ = 0;
  bool is_anchored_ = false;
};

}  // namespace parlance::actions
