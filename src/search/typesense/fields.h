#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "search/thread_query.h"

/// Typesense's query language (https://typesense.org/docs/0.25.0/api/search.html) over threads. What it says becomes a
/// ThreadQuery; what it does not say right is invalid_argument with the name of the parameter and the position.
namespace parlance::search::typesense {

/// What a field's values are, and so how they are written.
enum class FieldKind {
  id,      ///< any text; what it stands for is the dialect's to say
  number,  ///< a whole number
  flag,    ///< true or false
  text,    ///< words
};

/// A field of the collection `threads`.
struct Field {
  std::string_view name;
  Column column = Column::id;
  FieldKind kind = FieldKind::id;
  bool is_sortable = false;
  bool is_countable = false;  ///< facets and groups can be made of it
};

/// All of them.
std::span<Field const> all_fields();

/// Null where there is none of that name.
Field const* find_field(std::string_view name);
Field const& field_of(Column column);

/// A field that words are looked for in.
std::optional<TextField> find_text_field(std::string_view name);
std::string_view name_of(TextField field);

}  // namespace parlance::search::typesense
