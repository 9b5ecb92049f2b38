#pragma once

#include "api/services.h"
#include "base/task.h"
#include "http/request.h"
#include "http/response.h"

namespace parlance::admin {

/// PUT /admin/webhooks: an empty url turns them off; a secret that is left out stays as it was.
Task<Result<http::Response>> put_webhook(api::Services& services, http::Request& request);
/// PUT /admin/jwt: a secret for HS*, a JWKS url or a public key for the others.
Task<Result<http::Response>> put_issuer(api::Services& services, http::Request& request);
/// DELETE /admin/jwt
Task<Result<http::Response>> delete_issuer(api::Services& services, http::Request& request);
/// PUT /admin/action-policy
Task<Result<http::Response>> put_action_policy(api::Services& services, http::Request& request);
/// PUT /admin/namespaces
Task<Result<http::Response>> put_namespaces(api::Services& services, http::Request& request);

}  // namespace parlance::admin
