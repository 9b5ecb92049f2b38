#include "dialects/snapbooks/participants.h"

#include <algorithm>

#include "api/await.h"
#include "api/identity.h"
#include "core/users.h"
#include "dialects/snapbooks/wire.h"

namespace parlance::snapbooks {
namespace {

Result<UserId> user_of(storage::Transaction& tx, TenantId tenant, boost::json::value const& user_id) {
  if (user_id.is_int64()) return UserId{user_id.get_int64()};
  if (!user_id.is_string()) return invalid("user_id", "user_id must be an integer");
  std::string_view const external_id = user_id.get_string();
  bool const can_be = !external_id.contains('\0');
  auto const user = can_be ? TRY(core::find_user(tx, tenant, external_id)) : std::nullopt;
  if (!user) return invalid("user_id", "user_id is nobody with access to the thread's account");
  return user->id;
}

}  // namespace

/// GET /chat/threads/{thread_id}/participants
Task<Result<http::Response>> list_participants(Dialect& dialect, http::Request& request) {
  auto const id = CO_TRY(thread_in_path(request));
  auto const page = CO_TRY(page_of(request));
  auto const verb = [&](storage::Transaction& tx) -> Result<std::vector<core::Participant>> {
    auto const met = TRY(core::require_account_thread(tx, api::caller_of(request), id, core::Action::see));
    return core::list_participants(tx, met.thread.conversation);
  };
  auto const all = CO_TRY(co_await api::read(dialect.services, request.executor(), verb));
  auto const total = static_cast<std::int64_t>(all.size());
  JsonWriter out;
  out.begin_object().key("data").begin_array();
  for (auto i = page.offset(); i < std::min(total, page.offset() + page.size); ++i) {
    write_participant(out, id, all[static_cast<std::size_t>(i)]);
  }
  write_pagination(out.end_array(), page, total);
  co_return http::Response::json(200, out.end_object().take());
}

/// POST /chat/threads/{thread_id}/participants
Task<Result<http::Response>> add_participant(Dialect& dialect, http::Request& request) {
  auto const id = CO_TRY(thread_in_path(request));
  auto const body = CO_TRY(http::decode_body<NewParticipant>(request));
  auto const& caller = api::caller_of(request);
  auto const verb = [&](storage::Transaction& tx) -> Result<core::AddedParticipant> {
    TRY(core::require_account_thread(tx, caller, id, core::Action::send));
    return core::add_participant(tx, caller, id, TRY(user_of(tx, caller.tenant, body.user_id)));
  };
  co_return co_await api::perform(dialect.services, request, id.value, verb, [&](core::AddedParticipant const& added) {
    JsonWriter out;
    write_participant(out, id, added.participant);
    return http::Response::json(added.existed ? 200 : 201, out.take());
  });
}

}  // namespace parlance::snapbooks
