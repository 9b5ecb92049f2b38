#pragma once

#include <string_view>

#include "http/openapi.h"

namespace parlance::admin {

/// What the OpenAPI document of the whole server says beside its routes.
http::OpenApiInfo openapi_info(std::string_view version);

}  // namespace parlance::admin
