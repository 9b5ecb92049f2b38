#pragma once

#include <boost/describe.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "http/request.h"
#include "http/response.h"

namespace parlance::anytype {

/// The version of the API that every answer names.
inline constexpr std::string_view kVersionHeader = "Anytype-Version";
inline constexpr std::string_view kVersion = "2025-11-08";

/// The body of every refusal.
struct ChatError {
  std::string object;
  std::int64_t status = 0;
  std::string code;
  std::string message;
  std::optional<std::string> field;
  std::optional<std::string> error;
};
BOOST_DESCRIBE_STRUCT(ChatError, (), (object, status, code, message, field, error))

/// The contract's name of a code: "object_not_found".
std::string_view error_code(Errc code);

/// {"object":"error","status","code","message","field"?}: the group's error shape. A bad limit has its message a second
/// time as "error", where older clients look for it.
http::Response error_response(Error const& error, http::Request const& request);

}  // namespace parlance::anytype
