#include "dialects/chatapi/health.h"

#include "api/process.h"
#include "dialects/chatapi/wire.h"

namespace parlance::chatapi {

Task<Result<http::Response>> get_health(api::Services& services, http::Request& request) {
  bool const is_writable = co_await api::is_database_writable(services, request.executor());
  Health const health{is_writable ? "ok" : "unavailable", "parlance", format_uptime(services.process.uptime_seconds()),
                      is_writable};
  co_return http::Response::json(is_writable ? 200 : 503, http::encode_json(health));
}

}  // namespace parlance::chatapi
