#include "dialects/admin/spaces.h"

#include "api/await.h"
#include "api/identity.h"
#include "api/spelling.h"
#include "core/spaces.h"
#include "core/users.h"
#include "dialects/admin/wire.h"

namespace parlance::admin {
namespace {

Result<SpaceId> space_in_path(http::Request const& request) {
  return path_id<SpaceId>(request, "space", api::parse_any_space);
}

Result<void> add_members(storage::Transaction& tx, core::Caller const& backend, SpaceId space,
                         std::vector<NewSpaceMember> const& members) {
  std::vector<std::string> names;
  for (auto const& member : members) names.push_back(member.user_id);
  auto const users = TRY(core::ensure_users(tx, backend.tenant, names, "members"));
  for (std::size_t i = 0; i < users.size(); ++i) {
    auto const role = role_of(members[i].role.value_or(SpaceRole::editor));
    TRY(core::put_space_member(tx, backend, space, users[i].id, role));
  }
  return {};
}

http::Response created_response(model::Space const& space) { return reply(201, Space{space.id.value, space.name}); }

}  // namespace

Task<Result<http::Response>> create_space(api::Services& services, http::Request& request) {
  auto const body = CO_TRY(http::decode_body<NewSpace>(request));
  auto const backend = api::identity_of(request).backend();
  auto const verb = [&](storage::Transaction& tx) -> Result<model::Space> {
    auto space = TRY(core::create_space(tx, backend, {body.name, {}, {}}));
    if (body.members) TRY(add_members(tx, backend, space.id, *body.members));
    return space;
  };
  co_return co_await api::perform(services, request, backend.tenant.value, verb, created_response);
}

Task<Result<http::Response>> put_space_member(api::Services& services, http::Request& request) {
  auto const space = CO_TRY(space_in_path(request));
  auto const body = CO_TRY(http::decode_body<SpaceRoleChange>(request));
  auto const backend = api::identity_of(request).backend();
  std::string const user_id(request.path_parameter("user_id"));
  CO_TRY(co_await api::write(services, request.executor(), backend.tenant.value,
                             [&](storage::Transaction& tx) -> Result<model::SpaceMember> {
                               TRY(core::get_space(tx, backend, space));
                               auto const user = TRY(core::ensure_user(tx, backend.tenant, user_id));
                               return core::put_space_member(tx, backend, space, user.id, role_of(body.role));
                             }));
  co_return reply(200, SpaceMembership{space.value, user_id, body.role});
}

Task<Result<http::Response>> remove_space_member(api::Services& services, http::Request& request) {
  auto const space = CO_TRY(space_in_path(request));
  auto const backend = api::identity_of(request).backend();
  CO_TRY(co_await api::write(
      services, request.executor(), backend.tenant.value, [&](storage::Transaction& tx) -> Result<void> {
        auto const user = TRY(core::find_user(tx, backend.tenant, request.path_parameter("user_id")));
        if (!user) return fail(Errc::not_found, "no such user_id");
        return core::remove_space_member(tx, backend, space, user->id);
      }));
  co_return http::Response::empty();
}

}  // namespace parlance::admin
