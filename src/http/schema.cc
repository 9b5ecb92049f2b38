#include "http/schema.h"

namespace parlance::http::detail {

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
