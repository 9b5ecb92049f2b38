#pragma once

namespace parlance::api {

/// What Route::access says to the authentication middleware: `.set_access(api::Access::user)`. Every route names one;
/// a route that forgets to is closed to everyone (`unset`).
struct Access {
  enum Level : int {
    unset,     ///< a bug: answered with 500 and logged
    open,      ///< no credential is looked at
    optional,  ///< anonymous callers are let in, without an identity; a credential that is sent must be valid
    user,      ///< a user: the tenant's key with X-User-Id, a user token, or a JWT
    tenant,    ///< any credential of the tenant, with or without a user
    backend,   ///< the tenant's key; X-User-Id is optional
    master,    ///< the X-Master-Key header; 404 for everybody where the server has no master key
  };
};

}  // namespace parlance::api
