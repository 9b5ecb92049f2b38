#include "dialects/chatapi/acks.h"

#include "api/await.h"
#include "api/identity.h"
#include "core/reads.h"
#include "dialects/chatapi/wire.h"

namespace parlance::chatapi {

Task<Result<http::Response>> acknowledge(api::Services& services, http::Request& request) {
  auto const body = CO_TRY(read_body<Ack>(request));
  if (body.seq < 0) co_return invalid("seq", "seq must not be negative");
  auto const id = CO_TRY(room_id_of(body.room_id));
  auto const verb = [&](storage::Transaction& tx) -> Result<bool> {
    TRY(core::acknowledge(tx, api::caller_of(request), id, body.seq));
    return true;
  };
  co_return co_await api::perform(services, request, id.value, verb,
                                  [](bool) { return http::Response::json(200, R"({"success":true})"); });
}

}  // namespace parlance::chatapi
