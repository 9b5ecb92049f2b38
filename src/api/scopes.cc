#include "api/scopes.h"

namespace parlance::api {

namespace {

bool holds(std::string_view scopes, std::string_view wanted) {
  while (!scopes.empty()) {
    auto const end = scopes.find(' ');
    if (scopes.substr(0, end) == wanted) return true;
    scopes = end == scopes.npos ? std::string_view() : scopes.substr(end + 1);
  }
  return false;
}

}  // namespace

bool may_write(std::string_view scopes) { return !holds(scopes, "read") || holds(scopes, "write"); }

Result<void> require_writing(std::string_view scopes) {
  if (may_write(scopes)) return {};
  return fail(Errc::forbidden, "this token may only read: its scopes name read and not write");
}

bool only_reads(http::Route const& route) {
  constexpr int kSwitchingProtocols = 101;
  return route.only_reads || (route.method == http::Method::get && route.success_status != kSwitchingProtocols);
}

}  // namespace parlance::api
