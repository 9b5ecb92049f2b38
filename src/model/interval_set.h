#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace parlance::model {

/// A set of positive integers as closed intervals, ascending, never touching. Stored as "1-42,45-45".
class IntervalSet {
 public:
  struct Interval {
    std::int64_t first;
    std::int64_t last;
    friend bool operator==(Interval const&, Interval const&) = default;
  };

  /// Empty where `text` is not such a spelling.
  static std::optional<IntervalSet> parse(std::string_view text);
  std::string format() const;

  /// Adds [first, last]; nothing where first > last. True where the set has changed.
  bool add(std::int64_t first, std::int64_t last);
  bool contains(std::int64_t value) const;

  /// The largest n with 1..n all in the set; 0 where 1 is not.
  std::int64_t watermark() const;

  bool empty() const { return intervals_.empty(); }
  std::vector<Interval> const& intervals() const { return intervals_; }
  friend bool operator==(IntervalSet const&, IntervalSet const&) = default;

 private:
  std::vector<Interval> intervals_;
};

}  // namespace parlance::model
