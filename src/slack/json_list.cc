#include "slack/json_list.h"

#include <fmt/format.h>

#include "base/json.h"

namespace parlance::slack {

void JsonList::skip_space() {
  constexpr std::string_view kSpace = " \t\r\n";
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (at_ == 0 && text_.starts_with(kByteOrderMark)) at_ = kByteOrderMark.size();
  while (at_ < text_.size() && kSpace.contains(text_[at_])) ++at_;
}

std::unexpected<Error> JsonList::broken(std::string_view what) const {
  return fail(Errc::invalid_argument, fmt::format("entry {} at byte {}: {}", number_, at_, what));
}

/// Moves to where a member begins; false at the end of the list.
Result<bool> JsonList::begin_member() {
  skip_space();
  bool const is_first = !is_open_;
  char const expected = is_first ? '[' : ',';
  char const found = at_ < text_.size() ? text_[at_] : '\0';
  bool const is_end = !is_first && found == ']';
  if (!is_end && found != expected) return broken(is_first ? "this is not a JSON list" : "the list breaks off");
  ++at_;
  is_open_ = true;
  if (is_first) {
    skip_space();
    if (at_ < text_.size() && text_[at_] == ']') {
      ++at_;
      return false;
    }
  }
  if (!is_end) ++number_;
  return !is_end;
}

/// The comma or bracket behind the member that begins here. Only where it ends is looked for; what it is, the parser
/// says.
std::size_t JsonList::end_of_member() const {
  int depth = 0;
  bool is_string = false;
  for (auto at = at_; at < text_.size(); ++at) {
    char const c = text_[at];
    if (is_string) {
      if (c == '\\') ++at;
      if (c == '"') is_string = false;
      continue;
    }
    if (c == '"') is_string = true;
    if (depth == 0 && (c == ',' || c == ']')) return at;
    if (c == '{' || c == '[') ++depth;
    if (c == '}' || c == ']') --depth;
  }
  return text_.size();
}

Result<std::optional<boost::json::value>> JsonList::next() {
  if (!TRY(begin_member())) {
    skip_space();
    if (at_ != text_.size()) return broken("something follows the list");
    return std::nullopt;
  }
  skip_space();
  auto const end = end_of_member();
  auto value = parse_json(text_.substr(at_, end - at_));
  if (!value) return broken(value.error().message);
  at_ = end;
  return std::move(*value);
}

}  // namespace parlance::slack
