#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <map>
#include <string>

#include "http/router.h"

namespace parlance::http {

struct OpenApiInfo {
  std::string title;
  std::string version;
  std::string description;
  boost::json::object security_schemes;                  ///< components/securitySchemes
  boost::json::array security;                           ///< the default requirement
  std::map<int, boost::json::array> security_of_access;  ///< of routes with that Route::access, in its place
  boost::json::value error_schema;  ///< the body of error replies; null for {"error": {code, message, field}}
  int public_access = 0;            ///< routes with this Route::access need no credential
};

/// The OpenAPI 3.1 document of every route that is not hidden, as text.
std::string openapi_document(Router const& router, OpenApiInfo const& info);

/// A page that shows the document at `document_url`. It loads nothing from elsewhere.
std::string docs_page(std::string_view title, std::string_view document_url);

/// Adds GET /openapi.json and GET /docs to `group`; the document is written at the first request.
void add_documentation_routes(RouteGroup& group, Router const& router, OpenApiInfo info);

}  // namespace parlance::http
