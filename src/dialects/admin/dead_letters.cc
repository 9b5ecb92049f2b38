#include "dialects/admin/dead_letters.h"

#include "api/await.h"
#include "api/identity.h"
#include "api/spelling.h"
#include "core/deliveries.h"
#include "core/job_queue.h"
#include "core/notifications.h"
#include "dialects/admin/wire.h"

namespace parlance::admin {
namespace {

Result<void> redrive_letter(storage::Transaction& tx, TenantId tenant, std::string_view id) {
  if (auto const notification = api::parse_notification(id))
    return core::redrive_notification(tx, tenant, *notification);
  if (auto const delivery = api::parse_delivery(id)) return core::redrive_delivery(tx, tenant, *delivery);
  if (auto const job = api::parse_job(id)) return core::redrive_job(tx, tenant, *job);
  return fail(Errc::not_found, "no such dead letter");
}

}  // namespace

Task<Result<http::Response>> redrive(api::Services& services, http::Request& request) {
  auto const tenant = api::caller_of(request).tenant;
  std::string const id(request.path_parameter("id"));
  auto const verb = [&](storage::Transaction& tx) -> Result<bool> {
    TRY(redrive_letter(tx, tenant, id));
    return true;
  };
  auto const render = [&](bool) {
    JsonWriter out;
    out.begin_object().field("id", id).field("status", "queued").end_object();
    return http::Response::json(202, out.take());
  };
  co_return co_await api::perform(services, request, tenant.value, verb, render);
}

}  // namespace parlance::admin
