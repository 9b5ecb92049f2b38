#pragma once

#include <string_view>

#include "base/result.h"
#include "http/router.h"

/// What a user token may do. Its scopes are names with spaces between. `read` without `write` only reads; other names
/// are the tenant's own and mean nothing here. None at all is everything.
namespace parlance::api {

bool may_write(std::string_view scopes);

/// forbidden where a token of these scopes may not write.
Result<void> require_writing(std::string_view scopes);

/// Whether a route changes nothing: a GET that does not become a socket, which clients write to, or one that says so.
bool only_reads(http::Route const& route);

}  // namespace parlance::api
