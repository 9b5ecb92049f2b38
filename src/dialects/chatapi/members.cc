#include "dialects/chatapi/members.h"

#include "api/await.h"
#include "api/identity.h"
#include "core/members.h"
#include "core/permissions.h"
#include "core/users.h"
#include "dialects/chatapi/wire.h"

namespace parlance::chatapi {
namespace {

model::MemberRole role_for(std::optional<RoleName> wanted, std::optional<model::Member> const& before) {
  if (wanted) return *wanted == RoleName::admin ? model::MemberRole::admin : model::MemberRole::member;
  bool const is_in = before && before->membership == model::Membership::member;
  return is_in ? before->role : model::MemberRole::member;
}

}  // namespace

Task<Result<http::Response>> list_members(api::Services& services, http::Request& request) {
  auto const id = CO_TRY(room_in_path(request));
  auto const page = CO_TRY(page_of(request));
  auto const members = CO_TRY(co_await api::read(services, request.executor(), [&](storage::Transaction& tx) {
    return core::list_members(tx, api::caller_of(request), id, page.limit, page.offset);
  }));
  JsonWriter out;
  out.begin_array();
  for (auto const& member : members) write_member(out, member);
  co_return http::Response::json(200, out.end_array().take());
}

Task<Result<http::Response>> add_member(api::Services& services, http::Request& request) {
  auto const id = CO_TRY(room_in_path(request));
  auto const body = CO_TRY(read_body<NewMember>(request));
  auto const& caller = api::caller_of(request);
  auto const verb = [&](storage::Transaction& tx) -> Result<model::Member> {
    // Before the user is made: strangers must not fill a tenant with users.
    TRY(core::require(tx, caller, id, core::Action::manage_members));
    TRY(core::check_external_id(body.user_id, "user_id"));
    auto const user = TRY(core::ensure_user(tx, caller.tenant, body.user_id));
    auto const before = TRY(core::find_member(tx, caller.tenant, id, user.id));
    return core::add_member(tx, caller, id, user.id, role_for(body.role, before));
  };
  co_return co_await api::perform(services, request, id.value, verb, [](model::Member const& member) {
    JsonWriter out;
    write_member(out, member);
    return http::Response::json(201, out.take());
  });
}

}  // namespace parlance::chatapi
