#include "model/interval_set.h"

#include <algorithm>

#include "base/text.h"

namespace parlance::model {

std::optional<IntervalSet> IntervalSet::parse(std::string_view text) {
  IntervalSet set;
  while (!text.empty()) {
    auto const comma = std::min(text.find(','), text.size());
    auto const piece = text.substr(0, comma);
    auto const dash = piece.find('-');
    if (dash == std::string_view::npos) return std::nullopt;
    auto const first = parse_integer(piece.substr(0, dash));
    auto const last = parse_integer(piece.substr(dash + 1));
    if (!first || !last || *first < 1 || *last < *first) return std::nullopt;
    if (!set.empty() && *first <= set.intervals_.back().last + 1) return std::nullopt;
    set.intervals_.push_back({*first, *last});
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  return set;
}

std::string IntervalSet::format() const {
  std::string text;
  for (auto const& interval : intervals_) {
    if (!text.empty()) text += ',';
    text += std::to_string(interval.first);
    text += '-';
    text += std::to_string(interval.last);
  }
  return text;
}

bool IntervalSet::add(std::int64_t first, std::int64_t last) {
  if (first > last) return false;
  auto const from = std::ranges::lower_bound(intervals_, first - 1, {}, &Interval::last);
  if (from != intervals_.end() && from->first <= first && last <= from->last) return false;
  auto to = from;
  while (to != intervals_.end() && to->first <= last + 1) {
    first = std::min(first, to->first);
    last = std::max(last, to->last);
    ++to;
  }
  intervals_.insert(intervals_.erase(from, to), {first, last});
  return true;
}

bool IntervalSet::contains(std::int64_t value) const {
  auto const at = std::ranges::lower_bound(intervals_, value, {}, &Interval::last);
  return at != intervals_.end() && at->first <= value;
}

std::int64_t IntervalSet::watermark() const {
  return !intervals_.empty() && intervals_.front().first == 1 ? intervals_.front().last : 0;
}

}  // namespace parlance::model
