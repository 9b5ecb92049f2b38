#include "dialects/anytype/members.h"

#include "api/await.h"
#include "api/identity.h"
#include "core/space_directory.h"
#include "dialects/anytype/chat_access.h"
#include "dialects/anytype/wire.h"

namespace parlance::anytype {

Task<Result<http::Response>> list_members(api::Services& services, http::Request& request) {
  auto const id = CO_TRY(space_in_path(request));
  auto const page = CO_TRY(page_of(request));
  auto const& caller = api::caller_of(request);
  using Found = core::ListPage<core::SpaceMemberView>;
  auto const found =
      CO_TRY(co_await api::read(services, request.executor(), [&](storage::Transaction& tx) -> Result<Found> {
        TRY(meet_space(tx, caller, id));
        return core::list_members_of_space(tx, caller, id, page.limit, page.offset);
      }));
  ChatSpaceMemberList list;
  for (auto const& view : found.items) list.data.push_back(member_of(view));
  list.pagination = pagination_of(page, found.total);
  co_return http::Response::json(200, http::encode_json(list));
}

Task<Result<http::Response>> get_member(api::Services& services, http::Request& request) {
  auto const id = CO_TRY(space_in_path(request));
  auto const identity = parse_participant(id, request.path_parameter("member_id"));
  auto const& caller = api::caller_of(request);
  using Found = std::optional<core::SpaceMemberView>;
  auto const found =
      CO_TRY(co_await api::read(services, request.executor(), [&](storage::Transaction& tx) -> Result<Found> {
        TRY(meet_space(tx, caller, id));
        if (!identity) return std::nullopt;
        return core::find_space_member(tx, caller, id, *identity);
      }));
  if (!found) co_return fail(Errc::not_found, "member not found");
  co_return http::Response::json(200, http::encode_json(OneChatSpaceMember{member_of(*found)}));
}

}  // namespace parlance::anytype
