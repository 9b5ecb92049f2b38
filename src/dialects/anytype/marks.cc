#include "dialects/anytype/marks.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

#include "base/json.h"
#include "base/text.h"

namespace parlance::anytype {
namespace {

constexpr std::array<std::string_view, 11> kTypes{"strikethrough", "keyboard", "italic",    "bold",
                                                  "underscored",   "link",     "textcolor", "backgroundcolor",
                                                  "mention",       "emoji",    "object"};

/// Later versions of the original write two of them otherwise.
std::string_view canonical(std::string_view type) {
  if (type == "text_color") return "textcolor";
  if (type == "background_color") return "backgroundcolor";
  return type;
}

std::unexpected<Error> wrong(std::size_t index, std::string_view part, std::string_view what) {
  auto field = fmt::format("marks[{}].{}", index, part);
  return invalid(field, fmt::format("{} {}", field, what));
}

/// True where a UTF-16 offset lies between two code points, or at either end.
bool is_boundary(std::string_view text, std::int64_t offset) {
  return utf16_to_byte_offset(text, static_cast<std::size_t>(offset)).has_value();
}

}  // namespace

Result<void> check_marks(std::string_view text, std::vector<ChatMark> const& marks) {
  auto const length = static_cast<std::int64_t>(utf16_length(text));
  for (std::size_t i = 0; i < marks.size(); ++i) {
    auto const& mark = marks[i];
    if (std::ranges::find(kTypes, canonical(mark.type)) == kTypes.end()) {
      return wrong(i, "type", fmt::format("must be one of {}", fmt::join(kTypes, ", ")));
    }
    if (mark.from < 0 || mark.from >= length) return wrong(i, "from", "must lie within the text");
    if (mark.to < mark.from || mark.to > length) return wrong(i, "to", "must lie between from and the text's end");
    if (!is_boundary(text, mark.from)) return wrong(i, "from", "lies inside of a surrogate pair");
    if (!is_boundary(text, mark.to)) return wrong(i, "to", "lies inside of a surrogate pair");
  }
  return {};
}

std::string format_marks(std::vector<ChatMark> const& marks) {
  if (marks.empty()) return {};
  JsonWriter out;
  out.begin_array();
  for (auto const& mark : marks) {
    out.begin_object().field("type", canonical(mark.type)).field("from", mark.from).field("to", mark.to);
    if (mark.param) out.field("param", *mark.param);
    out.end_object();
  }
  return out.end_array().take();
}

std::vector<std::string_view> mentions_in(std::vector<ChatMark> const& marks) {
  std::vector<std::string_view> params;
  for (auto const& mark : marks) {
    if (mark.type == "mention" && mark.param && !mark.param->empty()) params.push_back(*mark.param);
  }
  return params;
}

}  // namespace parlance::anytype
