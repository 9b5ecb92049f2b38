#include "dialects/admin/users.h"

#include "api/await.h"
#include "api/identity.h"
#include "core/users.h"
#include "dialects/admin/wire.h"

namespace parlance::admin {

Task<Result<http::Response>> put_user(api::Services& services, http::Request& request) {
  auto const body = CO_TRY(http::decode_body<UserChange>(request));
  core::UserChange change;
  change.name = body.name;
  if (body.email) change.email = body.email.value.value_or("");
  if (body.role) change.role = role_of(*body.role);
  auto const tenant = api::caller_of(request).tenant;
  auto const user =
      CO_TRY(co_await api::write(services, request.executor(), tenant.value, [&](storage::Transaction& tx) {
        return core::put_user(tx, tenant, request.path_parameter("user_id"), change);
      }));
  co_return reply(200, user_view(user));
}

}  // namespace parlance::admin
