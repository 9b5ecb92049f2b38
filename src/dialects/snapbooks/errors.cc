#include "dialects/snapbooks/errors.h"

#include "http/router.h"

namespace parlance::snapbooks {

http::Response error_response(Error const& error, http::Request const& request) {
  auto shown = error;
  if (error.field == "text") {
    shown.field = "message";
    if (error.message.starts_with("text ")) shown.message.replace(0, 4, "message");
  }
  // Of credentials the field is a reason, not a part of the input.
  if (error.code == Errc::unauthenticated) shown.field.clear();
  return http::default_error_shape(shown, request);
}

}  // namespace parlance::snapbooks
