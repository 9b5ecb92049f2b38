#include "api/middleware.h"

#include "api/access.h"
#include "api/credentials.h"
#include "api/idempotency.h"
#include "api/identity.h"
#include "api/process.h"
#include "api/rate_limit.h"
#include "api/scopes.h"
#include "base/log.h"

namespace parlance::api {
namespace {

Access::Level access_of(http::Request const& request) { return static_cast<Access::Level>(request.route->access); }

Task<Result<void>> identify(http::Request& request, Services& services) {
  auto& executor = request.executor();
  auto identity = access_of(request) == Access::user
                      ? co_await services.authenticator.resolve_user(Presented::of(request), executor)
                      : co_await services.authenticator.resolve(Presented::of(request), executor);
  if (!identity) co_return std::unexpected(std::move(identity).error());
  if (access_of(request) == Access::backend && identity->kind != CredentialKind::tenant_key)
    co_return fail(Errc::forbidden, "only the tenant's own key may do this");
  set_identity(request, *std::move(identity));
  if (only_reads(*request.route)) co_return Result<void>();
  co_return require_writing(identity_of(request).scopes);
}

Result<void> check_master(http::Request const& request, Authenticator const& authenticator) {
  if (!authenticator.has_master_key()) return fail(Errc::not_found, "no such resource");
  auto const key = request.headers.find("X-Master-Key");
  if (!key) return fail(Errc::unauthenticated, "the X-Master-Key header is missing", std::string(kCredentialMissing));
  if (authenticator.is_master_key(*key)) return {};
  return fail(Errc::unauthenticated, "the master key is not valid", std::string(kCredentialInvalid));
}

Task<Result<void>> admit(http::Request& request, Services& services) {
  switch (access_of(request)) {
    case Access::open: co_return Result<void>();
    case Access::master: co_return check_master(request, services.authenticator);
    case Access::optional:
      if (Presented::of(request).empty()) co_return Result<void>();
      [[fallthrough]];
    case Access::user:
    case Access::tenant:
    case Access::backend: co_return co_await identify(request, services);
    case Access::unset: break;
  }
  log::error("the route {} does not say who may use it", request.route->pattern);
  co_return fail(Errc::internal, "something went wrong on our side");
}

Task<http::Response> authenticated(http::Request& request, http::Next next, http::Router const& router,
                                   Services& services) {
  auto admitted = co_await admit(request, services);
  if (!admitted) co_return router.render(admitted.error(), request);
  co_return co_await next(request);
}

http::Middleware authenticate(http::Router const& router, Services& services) {
  return [&](http::Request& request, http::Next next) {
    return access_of(request) == Access::open ? next(request) : authenticated(request, next, router, services);
  };
}

Task<http::Response> limited(http::Request& request, http::Next next, http::Router const& router) {
  auto const decision = identity_of(request).tenant->bucket->take(monotonic_now());
  auto response = decision.allowed ? co_await next(request) : router.render(rate_limited(decision), request);
  add_rate_headers(response, decision);
  co_return response;
}

http::Middleware limit_rate(http::Router const& router) {
  return [&](http::Request& request, http::Next next) {
    return find_identity(request) == nullptr ? next(request) : limited(request, next, router);
  };
}

Task<http::Response> refused(http::Request& request, http::Router const& router, Error error) {
  co_return router.render(error, request);
}

http::Middleware check_idempotency_key(http::Router const& router) {
  return [&](http::Request& request, http::Next next) {
    auto key = idempotency_key(request);
    return key ? next(request) : refused(request, router, std::move(key).error());
  };
}

}  // namespace

void append_middlewares(http::Pipeline& pipeline, http::Router const& router, Services& services) {
  pipeline.append("authenticate", "everything behind it may ask who the caller is", authenticate(router, services));
  pipeline.append("limit_rate", "needs the tenant; before any handler spends work on the request", limit_rate(router));
  pipeline.append("check_idempotency_key", "a broken key is refused by every POST, also by those that cannot repeat",
                  check_idempotency_key(router));
}

}  // namespace parlance::api
