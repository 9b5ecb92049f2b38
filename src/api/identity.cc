#include "api/identity.h"

#include "base/log.h"

namespace parlance::api {

core::Caller Identity::backend() const {
  return {.tenant = caller.tenant, .is_backend = kind == CredentialKind::tenant_key};
}

Identity const* find_identity(http::Request const& request) {
  return static_cast<Identity const*>(request.context.get());
}

Identity const& identity_of(http::Request const& request) {
  auto const* identity = find_identity(request);
  if (identity == nullptr) {
    log::error("a handler asked for the caller of {}, a route without one", request.path);
    std::terminate();
  }
  return *identity;
}

void set_identity(http::Request& request, Identity identity) {
  request.context = std::make_shared<Identity>(std::move(identity));
}

}  // namespace parlance::api
