#pragma once

#include "base/task.h"
#include "dialects/structchat/gateway.h"
#include "http/request.h"
#include "http/response.h"

namespace parlance::structchat {

/// GET /v1/org: {data, ok}, with the counts of threads; the join secret only for admins.
Task<Result<http::Response>> get_organisation(Gateway& gateway, http::Request& request);
/// PUT /v1/org {name?, title?, description?, hostname?}: {data, ok}. For admins; every other member is refused by name.
Task<Result<http::Response>> update_organisation(Gateway& gateway, http::Request& request);
/// PUT /v1/join-secret: {data, ok} with the new one. For admins.
Task<Result<http::Response>> renew_join_secret(Gateway& gateway, http::Request& request);
/// POST /create-org {name, title?, description?, hostname?, bits?}: {data, user, token, ok}. The caller becomes the
/// owner; the token is its credential in the new organisation.
Task<Result<http::Response>> create_organisation(Gateway& gateway, http::Request& request);
/// POST /v1/join {join_secret}: {data: user, token, ok}. Takes a credential of any organisation; the one to join is
/// named by Host or x-struct-orgid, else it is the credential's own.
Task<Result<http::Response>> join_organisation(Gateway& gateway, http::Request& request);

}  // namespace parlance::structchat
