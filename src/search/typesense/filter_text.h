#pragma once

#include <string>
#include <string_view>

#include "search/typesense/fields.h"

/// For tests and fuzzing: a filter as text that parse_filter() reads again.
namespace parlance::search::typesense {

inline std::string text_of(FilterValue const& value) {
  if (auto const* number = std::get_if<std::int64_t>(&value)) return std::to_string(*number);
  auto const& text = std::get<std::string>(value);
  bool const is_plain = text.find_first_of("&|()[], \t\r\n\v\f!=<>") == std::string::npos;
  return is_plain ? text : "`" + text + "`";
}

inline std::string_view text_of(Comparator comparator) {
  switch (comparator) {
    case Comparator::contains: return ":";
    case Comparator::equal: return ":=";
    case Comparator::not_equal: return ":!=";
    case Comparator::less: return ":<";
    case Comparator::less_equal: return ":<=";
    case Comparator::greater: return ":>";
    case Comparator::greater_equal: return ":>=";
    case Comparator::between: return ":";
  }
  return {};
}

inline std::string text_of_comparison(Filter const& filter) {
  auto text = std::string(field_of(filter.column).name) + std::string(text_of(filter.comparator));
  if (filter.comparator == Comparator::between)
    return text + "[" + text_of(filter.values.front()) + ".." + text_of(filter.values.back()) + "]";
  if (filter.values.size() == 1) return text + text_of(filter.values.front());
  std::string_view between = "[";
  for (auto const& value : filter.values) {
    text += std::string(between) + text_of(value);
    between = ", ";
  }
  return text + "]";
}

/// Every tree but the outermost in parentheses, so that its shape shows.
inline std::string text_of(Filter const& filter, bool is_within = false) {
  if (filter.kind == Filter::Kind::comparison) return text_of_comparison(filter);
  std::string text;
  for (auto const& child : filter.children) {
    if (!text.empty()) text += filter.kind == Filter::Kind::all_of ? " && " : " || ";
    text += text_of(child, true);
  }
  return is_within ? "(" + text + ")" : text;
}

}  // namespace parlance::search::typesense
