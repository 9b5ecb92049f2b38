#include "http/schema.h"

#include <algorithm>

namespace parlance::http::detail {

std::string schema_name(std::string_view qualified) {
  std::string name;
  while (!qualified.empty()) {
    auto const end = std::min(qualified.find("::"), qualified.size());
    auto const part = qualified.substr(0, end);
    qualified.remove_prefix(std::min(end + 2, qualified.size()));
    if (part == "parlance" || part.starts_with('(')) continue;
    if (!name.empty()) name += '.';
    name += part;
  }
  return name;
}

boost::json::value nullable_schema(boost::json::value schema) {
  auto* object = schema.if_object();
  if (object == nullptr || object->empty()) return schema;
  if (auto* type = object->if_contains("type"); type != nullptr && type->is_string() && !object->contains("enum")) {
    *type = boost::json::array{*type, "null"};
    return schema;
  }
  return boost::json::object{{"anyOf", {std::move(schema), boost::json::object{{"type", "null"}}}}};
}

}  // namespace parlance::http::detail
