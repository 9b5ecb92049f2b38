#pragma once

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <string>

#include "http/describe.h"

namespace parlance::http {

/// The named schemas of one OpenAPI document, collected while its operations are written.
struct SchemaRegistry {
  boost::json::object schemas;       ///< by type name; what components/schemas holds
  bool optionals_take_null = false;  ///< for types that are decoded; one that is also encoded stays as it first came
};

/// Gives a type's schema, adding the described structs it uses to the registry.
using SchemaSource = boost::json::value (*)(SchemaRegistry&);

/// JSON Schema 2020-12 of T, as OpenAPI 3.1 wants it; described structs become references into `registry`.
template <typename T>
boost::json::value json_schema_of(SchemaRegistry& registry);

template <typename T>
boost::json::value schema_source(SchemaRegistry& registry) {
  return json_schema_of<T>(registry);
}

}  // namespace parlance::http

#include "http/schema_codec.h"  // IWYU pragma: export
