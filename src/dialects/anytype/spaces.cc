#include "dialects/anytype/spaces.h"

#include <algorithm>

#include "api/await.h"
#include "api/identity.h"
#include "core/spaces.h"
#include "dialects/anytype/chat_access.h"
#include "dialects/anytype/wire.h"

namespace parlance::anytype {
namespace {

http::Response space_response(int status, model::Space const& space) {
  return http::Response::json(status, http::encode_json(OneChatSpace{space_of(space)}));
}

Result<core::NewSpace> read_new_space(http::Request const& request) {
  auto const body = TRY(read_body<NewChatSpace>(request));
  core::NewSpace input;
  input.name = body.name;
  input.description = body.description.value_or("");
  if (body.icon) input.icon = TRY(icon_from(*body.icon));
  return input;
}

Result<core::SpaceChange> read_change(http::Request const& request) {
  auto const body = TRY(read_body<ChatSpaceChange>(request));
  core::SpaceChange change;
  change.name = body.name;
  change.description = body.description;
  if (body.icon) change.icon = body.icon.is_null() ? std::string() : TRY(icon_from(*body.icon.value));
  return change;
}

}  // namespace

Task<Result<http::Response>> list_spaces(api::Services& services, http::Request& request) {
  auto const page = CO_TRY(page_of(request));
  auto const spaces = CO_TRY(co_await api::read(services, request.executor(), [&](storage::Transaction& tx) {
    return core::list_spaces(tx, api::caller_of(request));
  }));
  ChatSpaceList list;
  auto const total = static_cast<std::int64_t>(spaces.size());
  auto const first = std::min(page.offset, total);
  for (auto index = first; index < std::min(total, first + page.limit); ++index) {
    list.data.push_back(space_of(spaces[static_cast<std::size_t>(index)]));
  }
  list.pagination = pagination_of(page, total);
  co_return http::Response::json(200, http::encode_json(list));
}

Task<Result<http::Response>> create_space(api::Services& services, http::Request& request) {
  auto const input = CO_TRY(read_new_space(request));
  auto const& caller = api::caller_of(request);
  auto const verb = [&](storage::Transaction& tx) { return core::create_space(tx, caller, input); };
  co_return co_await api::perform(services, request, caller.tenant.value, verb,
                                  [](model::Space const& space) { return space_response(201, space); });
}

Task<Result<http::Response>> get_space(api::Services& services, http::Request& request) {
  auto const id = CO_TRY(space_in_path(request));
  auto const space = CO_TRY(co_await api::read(services, request.executor(), [&](storage::Transaction& tx) {
    return meet_space(tx, api::caller_of(request), id);
  }));
  co_return space_response(200, space);
}

Task<Result<http::Response>> update_space(api::Services& services, http::Request& request) {
  auto const id = CO_TRY(space_in_path(request));
  auto const change = CO_TRY(read_change(request));
  auto const& caller = api::caller_of(request);
  auto const space = CO_TRY(co_await api::write(services, request.executor(), caller.tenant.value,
                                                [&](storage::Transaction& tx) -> Result<model::Space> {
                                                  TRY(meet_space(tx, caller, id));
                                                  return core::update_space(tx, caller, id, change);
                                                }));
  co_return space_response(200, space);
}

}  // namespace parlance::anytype
