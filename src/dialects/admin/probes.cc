#include "dialects/admin/probes.h"

#include "api/process.h"
#include "dialects/admin/wire.h"
#include "http/metrics.h"
#include "realtime/broker.h"

namespace parlance::admin {

Result<http::Response> get_liveness(http::Request&) { return http::Response::text(200, "ok\n"); }

Task<Result<http::Response>> get_readiness(api::Services& services, http::Request& request) {
  Readiness readiness;
  readiness.database = co_await api::is_database_writable(services, request.executor());
  readiness.draining = services.process.is_draining();
  if (auto const bus = services.broker.bus_state(); bus.is_shared) readiness.bus = bus.is_connected;
  readiness.ready = readiness.database && !readiness.draining;
  co_return reply(readiness.ready ? 200 : 503, readiness);
}

Result<http::Response> get_metrics(api::Services& services) {
  return http::Response::text(200, services.metrics.render(), "text/plain; version=0.0.4; charset=utf-8");
}

}  // namespace parlance::admin
