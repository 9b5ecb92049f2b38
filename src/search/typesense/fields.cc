#include "search/typesense/fields.h"

#include <algorithm>
#include <array>
#include <utility>

namespace parlance::search::typesense {
namespace {

constexpr std::array<Field, 13> kFields = {{
    {.name = "id", .column = Column::id, .kind = FieldKind::id, .is_sortable = true},
    {.name = "org_id", .column = Column::org_id, .kind = FieldKind::id},
    {.name = "author_id", .column = Column::author_id, .kind = FieldKind::id, .is_countable = true},
    {.name = "xsr_ids", .column = Column::xsr_ids, .kind = FieldKind::id, .is_countable = true},
    {.name = "user_ids", .column = Column::user_ids, .kind = FieldKind::id, .is_countable = true},
    {.name = "tags", .column = Column::tags, .kind = FieldKind::text, .is_countable = true},
    {.name = "created_at", .column = Column::created_at, .kind = FieldKind::number, .is_sortable = true},
    {.name = "updated_at", .column = Column::updated_at, .kind = FieldKind::number, .is_sortable = true},
    {.name = "num_chats", .column = Column::num_chats, .kind = FieldKind::number, .is_sortable = true},
    {.name = "resolved",
     .column = Column::resolved,
     .kind = FieldKind::flag,
     .is_sortable = true,
     .is_countable = true},
    {.name = "subject", .column = Column::subject, .kind = FieldKind::text},
    {.name = "summary", .column = Column::summary, .kind = FieldKind::text},
    {.name = "chats", .column = Column::chats, .kind = FieldKind::text},
}};

constexpr std::array<std::pair<std::string_view, TextField>, 4> kTextFields = {{
    {"subject", TextField::subject},
    {"summary", TextField::summary},
    {"chats", TextField::chats},
    {"tags", TextField::tags},
}};

}  // namespace

std::span<Field const> all_fields() { return kFields; }

Field const* find_field(std::string_view name) {
  auto const found = std::ranges::find(kFields, name, &Field::name);
  return found == kFields.end() ? nullptr : &*found;
}

Field const& field_of(Column column) { return *std::ranges::find(kFields, column, &Field::column); }

std::optional<TextField> find_text_field(std::string_view name) {
  for (auto const& [known, field] : kTextFields)
    if (known == name) return field;
  return std::nullopt;
}

std::string_view name_of(TextField field) {
  return std::ranges::find(kTextFields, field, [](auto const& pair) { return pair.second; })->first;
}

}  // namespace parlance::search::typesense
