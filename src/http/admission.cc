#include "http/admission.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "http/router.h"

namespace parlance::http {
namespace {

bool takes_type(std::vector<std::string> const& types, std::string_view type) {
  if (types.empty()) return type == "application/json";
  return std::ranges::any_of(types, [&](std::string_view item) {
    if (item == "*/*" || item == type) return true;
    return item.ends_with("/*") && type.starts_with(item.substr(0, item.size() - 1));
  });
}

}  // namespace

std::size_t body_limit(Request const& request, std::size_t server_limit) {
  return request.route != nullptr && request.route->max_body != 0 ? request.route->max_body : server_limit;
}

Rejection payload_too_large(std::size_t limit) {
  return {413, Error{Errc::payload_too_large, fmt::format("the body may have at most {} bytes", limit), {}, 0}, {}};
}

std::optional<Rejection> check_head(Request const& request, AnnouncedBody const& body, std::size_t server_limit) {
  auto const limit = body_limit(request, server_limit);
  if (body.length.value_or(0) > limit) return payload_too_large(limit);
  auto const expectation = request.headers.find("Expect");
  if (expectation && !equals_ignoring_case(*expectation, "100-continue")) {
    return Rejection{417, Error{Errc::invalid_argument, "unknown expectation", "Expect", 0}, {}};
  }
  if (request.route == nullptr || !body.exists()) return std::nullopt;
  auto const type = request.content_type();
  if (type.empty() || takes_type(request.route->content_types, type)) return std::nullopt;
  auto const& types = request.route->content_types;
  auto message = fmt::format("the body must be {}",
                             types.empty() ? "application/json" : fmt::format("{}", fmt::join(types, " or ")));
  return Rejection{415, Error{Errc::unsupported_media, std::move(message), "Content-Type", 0}, {}};
}

}  // namespace parlance::http
