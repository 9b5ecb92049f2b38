#include "search/highlight.h"

#include <algorithm>

#include "base/text.h"

namespace parlance::search {

namespace {

/// Bytes given up for the sake of ending between words.
constexpr std::size_t kLongestCut = 40;

constexpr std::string_view kEllipsis = "\u2026";

bool is_tail(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; }
bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

/// UTF-16 units of the code point that begins with `lead`.
std::size_t units_of(char lead) { return static_cast<unsigned char>(lead) >= 0xF0 ? 2 : 1; }

/// The start of the piece: at most `units` before `match`, after a white space if there is one.
std::size_t piece_begin(std::string_view text, std::size_t match, std::size_t units) {
  auto begin = match;
  std::size_t spent = 0;
  for (auto at = match; at > 0;) {
    do --at;
    while (at > 0 && is_tail(text[at]));
    spent += units_of(text[at]);
    if (spent > units) break;
    begin = at;
  }
  if (begin == 0) return 0;
  auto const space = std::find_if(text.begin() + static_cast<std::ptrdiff_t>(begin),
                                  text.begin() + static_cast<std::ptrdiff_t>(match), is_space);
  auto const after = static_cast<std::size_t>(space - text.begin());
  return after < match ? after + 1 : begin;
}

/// The end of the piece: `units` after `begin`, before a white space that lies behind `match` if there is one, and
/// never within a range that began after it.
std::size_t piece_end(std::string_view text, std::size_t begin, std::size_t units, std::vector<Range> const& ranges) {
  auto end = begin;
  for (std::size_t spent = 0; end < text.size();) {
    spent += units_of(text[end]);
    if (spent > units) break;
    do ++end;
    while (end < text.size() && is_tail(text[end]));
  }
  if (end == text.size() || ranges.empty()) return end;
  for (auto const& range : ranges)
    if (range.begin > ranges.front().begin && range.begin < end && range.end > end) end = range.begin;
  auto const lowest = std::max(ranges.front().end, end - std::min(end, kLongestCut));
  for (auto at = end; at > lowest; --at)
    if (is_space(text[at])) return at;
  return end;
}

}  // namespace

Highlight highlight(std::string_view text, std::vector<Range> const& ranges, HighlightOptions const& options) {
  std::size_t begin = 0;
  auto end = text.size();
  if (utf16_length(text) > options.whole_units) {
    begin = ranges.empty() ? 0 : piece_begin(text, ranges.front().begin, options.before_units);
    end = piece_end(text, begin, options.snippet_units, ranges);
  }
  Highlight result;
  if (begin > 0) result.text = kEllipsis;
  auto at = begin;
  auto units = utf16_length(result.text);
  for (auto const& range : ranges) {
    if (range.begin >= end) break;
    auto const to = std::min(range.end, end);
    auto const from_unit = units + utf16_length(text.substr(at, range.begin - at));
    units = from_unit + utf16_length(text.substr(range.begin, to - range.begin));
    at = to;
    result.spans.push_back({from_unit, units});
  }
  result.text += text.substr(begin, end - begin);
  if (end < text.size()) result.text += kEllipsis;
  return result;
}

}  // namespace parlance::search
