#include "dialects/admin/errors.h"

#include "http/router.h"

namespace parlance::admin {

http::Response error_response(Error const& error, http::Request const& request) {
  Error shown = error;
  // What is missing there is no field of the input; the message says it.
  if (error.code == Errc::unauthenticated) shown.field.clear();
  return http::default_error_shape(shown, request);
}

}  // namespace parlance::admin
