#pragma once

// The insides of schema.h: include that.

#include "http/describe_codec.h"
#include "http/schema.h"

namespace parlance::http::detail {

/// "parlance::chatapi::Room" as "chatapi.Room": two dialects may have types of one name.
std::string schema_name(std::string_view qualified);

/// The name of T in a document.
template <typename T>
std::string type_name() {
  std::string_view name = __PRETTY_FUNCTION__;
  name = name.substr(name.rfind("T = ") + 4);
  name.remove_suffix(1);
  return schema_name(name);
}

boost::json::value nullable_schema(boost::json::value schema);

template <typename T>
struct Schema;

template <>
struct Schema<std::string> {
  static boost::json::value make(SchemaRegistry&) { return {{"type", "string"}}; }
};
template <>
struct Schema<bool> {
  static boost::json::value make(SchemaRegistry&) { return {{"type", "boolean"}}; }
};
template <>
struct Schema<int> {
  static boost::json::value make(SchemaRegistry&) { return {{"type", "integer"}, {"format", "int32"}}; }
};
template <>
struct Schema<std::int64_t> {
  static boost::json::value make(SchemaRegistry&) { return {{"type", "integer"}, {"format", "int64"}}; }
};
template <>
struct Schema<double> {
  static boost::json::value make(SchemaRegistry&) { return {{"type", "number"}}; }
};
template <>
struct Schema<boost::json::value> {
  static boost::json::value make(SchemaRegistry&) { return boost::json::object(); }
};
template <>
struct Schema<boost::json::object> {
  static boost::json::value make(SchemaRegistry&) { return boost::json::object{{"type", "object"}}; }
};
template <typename T>
struct Schema<std::optional<T>> {
  static boost::json::value make(SchemaRegistry& registry) {
    auto schema = Schema<T>::make(registry);
    return registry.optionals_take_null ? nullable_schema(std::move(schema)) : schema;
  }
};
template <typename T>
struct Schema<Patch<T>> {
  static boost::json::value make(SchemaRegistry& registry) { return nullable_schema(Schema<T>::make(registry)); }
};
template <typename T>
struct Schema<Nullable<T>> {
  static boost::json::value make(SchemaRegistry& registry) { return nullable_schema(Schema<T>::make(registry)); }
};
template <typename T>
struct Schema<std::vector<T>> {
  static boost::json::value make(SchemaRegistry& registry) {
    return boost::json::object{{"type", "array"}, {"items", Schema<T>::make(registry)}};
  }
};
template <typename T>
struct Schema<std::map<std::string, T>> {
  static boost::json::value make(SchemaRegistry& registry) {
    return boost::json::object{{"type", "object"}, {"additionalProperties", Schema<T>::make(registry)}};
  }
};

template <DescribedEnum T>
struct Schema<T> {
  static boost::json::value make(SchemaRegistry&) {
    boost::json::array names;
    Codec<T>::for_each([&](auto const& enumerator) { names.emplace_back(wire_name(enumerator.name)); });
    return boost::json::object{{"type", "string"}, {"enum", std::move(names)}};
  }
};

template <DescribedStruct T>
struct Schema<T> {
  static boost::json::value make(SchemaRegistry& registry) {
    auto const name = type_name<T>();
    if (!registry.schemas.contains(name)) {
      registry.schemas.emplace(name, nullptr);  // Taken first, so that a type that holds itself ends.
      registry.schemas[name] = members(registry);
    }
    return boost::json::object{{"$ref", "#/components/schemas/" + name}};
  }

  static boost::json::value members(SchemaRegistry& registry) {
    boost::json::object properties;
    boost::json::array required;
    for_each_member<T>([&](auto member) {
      using Value = std::remove_cvref_t<decltype(std::declval<T&>().*member.pointer)>;
      properties.emplace(wire_name(member.name), Schema<Value>::make(registry));
      if (!MayBeAbsent<Value>::value) required.emplace_back(wire_name(member.name));
    });
    boost::json::object schema{{"type", "object"}, {"properties", std::move(properties)}};
    if (!required.empty()) schema.emplace("required", std::move(required));
    return schema;
  }
};

}  // namespace parlance::http::detail

namespace parlance::http {

template <typename T>
boost::json::value json_schema_of(SchemaRegistry& registry) {
  return detail::Schema<T>::make(registry);
}

}  // namespace parlance::http
