#include "dialects/structchat/errors.h"

#include "api/identity.h"
#include "base/json.h"
#include "http/status.h"

namespace parlance::structchat {

std::string error_message(Error const& error) {
  bool const is_named = error.field.empty() || error.code == Errc::unauthenticated;
  if (is_named || error.message.contains(error.field)) return error.message;
  return error.field + ": " + error.message;
}

http::Response error_response(Error const& error, http::Request const& request) {
  bool const is_strangers = error.code == Errc::forbidden && api::find_identity(request) == nullptr;
  auto const code = is_strangers ? Errc::unauthenticated : error.code;
  JsonWriter out;
  out.begin_object().field("ok", false).field("error", error_message(error)).end_object();
  return http::Response::json(http::status_of(code), out.take());
}

}  // namespace parlance::structchat
