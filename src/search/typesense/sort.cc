#include "search/typesense/sort.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "base/text.h"
#include "search/typesense/fields.h"
#include "search/typesense/lists.h"
#include "search/typesense/scanner.h"

namespace parlance::search::typesense {
namespace {

constexpr std::string_view kTextMatch = "_text_match";

Result<SortKey> key_of(Scanner const& scanner, std::string_view name, std::size_t place) {
  if (name == kTextMatch) return SortKey{.by = SortKey::By::text_match};
  auto const* field = find_field(name);
  if (field == nullptr) return scanner.wrong(fmt::format("unknown field {}", name), place);
  if (!field->is_sortable) return scanner.wrong(fmt::format("{} cannot be sorted by", name), place);
  return SortKey{.by = SortKey::By::column, .column = field->column};
}

Result<SortKey> parse_key(Scanner& scanner) {
  scanner.skip_spaces();
  auto const place = scanner.place();
  auto const name = scanner.take_name();
  if (name.empty()) return scanner.expected("a field");
  auto key = TRY(key_of(scanner, name, place));
  scanner.skip_spaces();
  if (!scanner.take(":")) return scanner.expected(":asc or :desc");
  scanner.skip_spaces();
  auto const place_of_order = scanner.place();
  auto const order = to_lower_ascii(scanner.take_name());
  if (order != "asc" && order != "desc") return scanner.wrong("expected asc or desc", place_of_order);
  key.is_descending = order == "desc";
  scanner.skip_spaces();
  return key;
}

}  // namespace

Result<std::vector<SortKey>> parse_sort(std::string_view text) {
  std::vector<SortKey> keys;
  Scanner scanner("sort_by", text);
  scanner.skip_spaces();
  if (scanner.at_end()) return keys;
  do {
    if (keys.size() == kMaxSortKeys)
      return scanner.wrong(fmt::format("at most {} fields", kMaxSortKeys), scanner.place());
    keys.push_back(TRY(parse_key(scanner)));
  } while (scanner.take(","));
  if (!scanner.at_end()) return scanner.expected("a comma");
  return keys;
}

Result<std::vector<Column>> parse_countable(std::string_view parameter, std::string_view text) {
  std::vector<Column> columns;
  for (auto const name : split_list(text)) {
    auto const* field = find_field(name);
    if (field == nullptr) return invalid(std::string(parameter), fmt::format("unknown field {}", name));
    if (!field->is_countable) return invalid(std::string(parameter), fmt::format("{} is not a facet field", name));
    if (std::ranges::find(columns, field->column) == columns.end()) columns.push_back(field->column);
  }
  return columns;
}

}  // namespace parlance::search::typesense
