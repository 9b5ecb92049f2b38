#include "http/openapi.h"

#include <mutex>
#include <set>

#include "http/status.h"

namespace parlance::http {
namespace {

namespace json = boost::json;

constexpr std::string_view kJson = "application/json";

json::value default_error_schema() {
  return json::object{
      {"type", "object"},
      {"properties",
       {{"error",
         {{"type", "object"},
          {"properties",
           {{"code", {{"type", "string"}}}, {"message", {{"type", "string"}}}, {"field", {{"type", "string"}}}}},
          {"required", json::array{"code", "message"}}}}}},
      {"required", json::array{"error"}}};
}

json::object content_of(std::string_view media_type, json::value schema) {
  return json::object{{media_type, json::object{{"schema", std::move(schema)}}}};
}

json::object json_content(json::value schema) { return content_of(kJson, std::move(schema)); }

json::object reference(std::string_view to) { return json::object{{"$ref", std::string(to)}}; }

json::array parameters_of(Route const& route) {
  json::array list;
  std::string_view rest = route.pattern;
  while (true) {
    auto const open = rest.find('{');
    auto const close = rest.find('}');
    if (open == std::string_view::npos || close == std::string_view::npos) break;
    list.push_back(json::object{{"name", rest.substr(open + 1, close - open - 1)},
                                {"in", "path"},
                                {"required", true},
                                {"schema", {{"type", "string"}}}});
    rest.remove_prefix(close + 1);
  }
  for (auto const& parameter : route.parameters) {
    json::object item{{"name", parameter.name},
                      {"in", parameter.in_header ? "header" : "query"},
                      {"required", parameter.required},
                      {"schema", {{"type", parameter.type}}}};
    if (!parameter.description.empty()) item.emplace("description", parameter.description);
    list.push_back(std::move(item));
  }
  return list;
}

/// Whether the schema asks for any member, so that there is no leaving out the body.
bool needs_body(json::value const& schema, SchemaRegistry const& registry) {
  auto const* name = schema.is_object() ? schema.get_object().if_contains("$ref") : nullptr;
  if (name == nullptr) return false;
  std::string_view const path = name->get_string();
  auto const* type = registry.schemas.if_contains(path.substr(path.rfind('/') + 1));
  return type != nullptr && type->is_object() && type->get_object().contains("required");
}

json::object request_body_of(Route const& route, SchemaRegistry& registry) {
  registry.optionals_take_null = true;
  json::value const schema =
      route.request_schema != nullptr ? route.request_schema(registry) : json::value(json::object());
  registry.optionals_take_null = false;
  json::object content;
  if (route.content_types.empty()) content.emplace("application/json", json::object{{"schema", schema}});
  for (auto const& type : route.content_types) content.emplace(type, json::object{{"schema", schema}});
  json::object body{{"content", std::move(content)}};
  if (needs_body(schema, registry)) body.emplace("required", true);
  return body;
}

/// What components/responses calls the error replies of a group.
std::string error_response_name(RouteGroup const& group) {
  bool const is_own = group.error_schema != nullptr || group.error_media_type != kJson;
  return is_own ? group.name + ".Error" : "Error";
}

json::object responses_of(Route const& route, RouteGroup const& group, SchemaRegistry& registry, bool is_public) {
  auto const error = reference("#/components/responses/" + error_response_name(group));
  json::object responses;
  auto statuses = route.other_success;
  statuses.insert(statuses.begin(), route.success_status);
  for (auto const status : statuses) {
    json::object success{{"description", reason_phrase(status)}};
    if (route.response_schema != nullptr) success.emplace("content", json_content(route.response_schema(registry)));
    responses.emplace(std::to_string(status), std::move(success));
  }
  responses.emplace("400", error);
  if (!is_public) {
    for (auto const* status : {"401", "403", "429"}) {
      responses.emplace(status, error);
    }
  }
  if (route.pattern.find('{') != std::string::npos) {
    responses.emplace("404", error);
  }
  responses.emplace("default", error);
  return responses;
}

bool may_have_body(Route const& route) {
  bool const is_described = route.request_schema != nullptr || !route.content_types.empty();
  return is_described && route.method != Method::get && route.method != Method::head;
}

json::object operation_of(Route const& route, RouteGroup const& group, OpenApiInfo const& info,
                          SchemaRegistry& registry) {
  bool const is_public = route.access == info.public_access;
  json::object operation{{"operationId", route.operation_id}};
  if (!route.summary.empty()) operation.emplace("summary", route.summary);
  json::array tags;
  for (auto const& tag : route.tags) tags.emplace_back(tag);
  if (tags.empty()) tags.emplace_back(group.name);
  operation.emplace("tags", std::move(tags));
  if (auto parameters = parameters_of(route); !parameters.empty()) {
    operation.emplace("parameters", std::move(parameters));
  }
  if (may_have_body(route)) operation.emplace("requestBody", request_body_of(route, registry));
  operation.emplace("responses", responses_of(route, group, registry, is_public));
  auto const security = info.security_of_access.find(route.access);
  if (is_public)
    operation.emplace("security", json::array());
  else if (security != info.security_of_access.end())
    operation.emplace("security", security->second);
  return operation;
}

std::string lower_name(Method method) {
  std::string name(name_of(method));
  for (auto& letter : name) letter = static_cast<char>(letter | 0x20);
  return name;
}

json::array tags_of(Router const& router) {
  json::array tags;
  for (auto const& group : router.groups()) {
    json::object tag{{"name", group.name}};
    if (!group.description.empty()) tag.emplace("description", group.description);
    tags.push_back(std::move(tag));
  }
  return tags;
}

json::object error_responses_of(Router const& router, SchemaRegistry& registry) {
  constexpr std::string_view kDescription = "The request failed";
  auto const default_schema = reference("#/components/schemas/Error");
  json::object responses;
  responses.emplace("Error", json::object{{"description", kDescription}, {"content", json_content(default_schema)}});
  for (auto const& group : router.groups()) {
    auto const name = error_response_name(group);
    if (responses.contains(name)) continue;
    json::value schema = json::object{{"type", "string"}};
    if (group.error_schema != nullptr)
      schema = group.error_schema(registry);
    else if (group.error_media_type == kJson)
      schema = default_schema;
    auto content = content_of(group.error_media_type, std::move(schema));
    responses.emplace(name, json::object{{"description", kDescription}, {"content", std::move(content)}});
  }
  return responses;
}

}  // namespace

std::string openapi_document(Router const& router, OpenApiInfo const& info) {
  SchemaRegistry registry;
  registry.schemas.emplace("Error", info.error_schema.is_null() ? default_error_schema() : info.error_schema);
  json::object paths;
  for (auto const& group : router.groups()) {
    for (auto const& route : group.routes) {
      if (route.hidden) continue;
      auto& path = paths.emplace(route.pattern, json::object()).first->value().get_object();
      path.emplace(lower_name(route.method), operation_of(route, group, info, registry));
    }
  }
  json::object document{{"openapi", "3.1.0"}};
  document.emplace("info", json::object{{"title", info.title}, {"version", info.version}});
  if (!info.description.empty()) document["info"].get_object().emplace("description", info.description);
  document.emplace("tags", tags_of(router));
  document.emplace("paths", std::move(paths));
  auto errors = error_responses_of(router, registry);
  json::object components{{"schemas", std::move(registry.schemas)}};
  components.emplace("responses", std::move(errors));
  components.emplace("securitySchemes", info.security_schemes);
  document.emplace("components", std::move(components));
  document.emplace("security", info.security);
  return json::serialize(document);
}

void add_documentation_routes(RouteGroup& group, Router const& router, OpenApiInfo info) {
  struct Document {
    std::once_flag once;
    std::string text;
  };
  auto const document = std::make_shared<Document>();
  auto const title = info.title;
  group
      .add(Method::get, "/openapi.json", "get_openapi",
           [document, &router, info = std::move(info)](Request&) -> Result<Response> {
             std::call_once(document->once, [&] { document->text = openapi_document(router, info); });
             return Response::json(200, document->text);
           })
      .set_summary("This document");
  group
      .add(Method::get, "/docs", "get_docs",
           [title](Request&) -> Result<Response> {
             return Response::text(200, docs_page(title, "/openapi.json"), "text/html; charset=utf-8");
           })
      .set_summary("The API's documentation as a page");
}

}  // namespace parlance::http
