#include "search/typesense/query_fields.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "search/typesense/fields.h"
#include "search/typesense/lists.h"

namespace parlance::search::typesense {
namespace {

constexpr std::string_view kDefaultFields = "subject,summary,chats";
constexpr std::int64_t kHeaviest = 127;

Result<TextField> text_field_of(std::string_view name) {
  if (auto const field = find_text_field(name)) return *field;
  auto const problem = find_field(name) == nullptr ? "unknown field {}" : "{} is not a field of words";
  return invalid("query_by", fmt::format(fmt::runtime(problem), name));
}

Result<Infix> read_infix(std::string_view word) {
  if (word == "off") return Infix::off;
  if (word == "fallback") return Infix::fallback;
  if (word == "always") return Infix::always;
  return invalid("infix", "must be off, fallback or always");
}

/// What the parameter says of field `i`: one part is for all fields.
std::string_view part_of(std::vector<std::string_view> const& parts, std::size_t i) {
  return parts.size() == 1 ? parts.front() : parts[i];
}

Result<std::vector<std::string_view>> parts_for(std::string_view parameter, std::string_view text, std::size_t count,
                                                bool may_be_one) {
  auto parts = split_list(text);
  bool const fits = parts.empty() || parts.size() == count || (may_be_one && parts.size() == 1);
  if (!fits) return invalid(std::string(parameter), fmt::format("has {} parts for {} fields", parts.size(), count));
  return parts;
}

Result<void> set_weights(std::vector<QueryField>& fields, std::string_view text) {
  auto const parts = TRY(parts_for("query_by_weights", text, fields.size(), false));
  for (std::size_t i = 0; i < fields.size(); ++i) {
    auto const weight = parts.empty() ? static_cast<std::int64_t>(fields.size() - i)
                                      : TRY(read_number("query_by_weights", parts[i], 0, kHeaviest));
    fields[i].weight = static_cast<int>(std::max<std::int64_t>(weight, 1));
  }
  return {};
}

}  // namespace

Result<std::vector<QueryField>> parse_query_fields(QueryFieldTexts const& texts) {
  auto names = split_list(texts.query_by);
  if (names.empty()) names = split_list(kDefaultFields);
  std::vector<QueryField> fields;
  for (auto const name : names) {
    auto const field = TRY(text_field_of(name));
    if (std::ranges::find(fields, field, &QueryField::field) != fields.end())
      return invalid("query_by", fmt::format("{} is there twice", name));
    fields.push_back({.field = field});
  }
  TRY(set_weights(fields, texts.query_by_weights));
  auto const prefixes = TRY(parts_for("prefix", texts.prefix, fields.size(), true));
  auto const typos = TRY(parts_for("num_typos", texts.num_typos, fields.size(), true));
  auto const infixes = TRY(parts_for("infix", texts.infix, fields.size(), true));
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (!infixes.empty()) fields[i].infix = TRY(read_infix(part_of(infixes, i)));
    if (!prefixes.empty()) fields[i].is_prefix = TRY(read_flag("prefix", part_of(prefixes, i)));
    if (!typos.empty()) fields[i].typos = static_cast<int>(TRY(read_number("num_typos", part_of(typos, i), 0, 2)));
  }
  return fields;
}

}  // namespace parlance::search::typesense
