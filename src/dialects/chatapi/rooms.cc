#include "dialects/chatapi/rooms.h"

#include "api/await.h"
#include "api/identity.h"
#include "base/raw_json.h"
#include "core/conversations.h"
#include "core/permissions.h"
#include "core/users.h"
#include "dialects/chatapi/errors.h"
#include "dialects/chatapi/wire.h"

namespace parlance::chatapi {
namespace {

model::ConversationKind kind_of(RoomType type) {
  switch (type) {
    case RoomType::dm: return model::ConversationKind::dm;
    case RoomType::group: return model::ConversationKind::group;
    case RoomType::channel: return model::ConversationKind::channel;
  }
  return model::ConversationKind::group;
}

/// The contract's own words for a wrong type.
Result<NewRoom> read_new_room(http::Request const& request) {
  auto body = read_body<NewRoom>(request);
  if (!body && body.error().field == "type") {
    body.error().message = "Invalid room type. Must be one of: dm, group, channel";
  }
  return body;
}

std::string room_text(model::Conversation const& room) {
  JsonWriter out;
  write_room(out, room);
  return out.take();
}

http::Response creation_response(core::CreatedConversation const& created) {
  if (!created.existed) return http::Response::json(201, room_text(created.conversation));
  JsonWriter out;
  out.begin_object().field("success", false).key("error").begin_object();
  out.field("code", error_code(Errc::conflict)).field("message", "Room already exists").end_object();
  write_room(out.key("room"), created.conversation);
  return http::Response::json(409, out.end_object().take());
}

}  // namespace

Task<Result<http::Response>> create_room(api::Services& services, http::Request& request) {
  auto const body = CO_TRY(read_new_room(request));
  auto const& caller = api::caller_of(request);
  core::NewConversation input;
  input.kind = kind_of(body.type);
  input.name = body.name;
  if (body.metadata) input.metadata = raw_member(request.body, "metadata");
  auto const verb = [&](storage::Transaction& tx) -> Result<core::CreatedConversation> {
    auto filled = input;
    for (auto const& user : TRY(core::ensure_users(tx, caller.tenant, body.members, "members"))) {
      filled.members.push_back(user.id);
    }
    return core::create_conversation(tx, caller, filled);
  };
  co_return co_await api::perform(services, request, caller.tenant.value, verb, creation_response);
}

Task<Result<http::Response>> list_rooms(api::Services& services, http::Request& request) {
  auto const page = CO_TRY(page_of(request));
  auto const rooms = CO_TRY(co_await api::read(services, request.executor(), [&](storage::Transaction& tx) {
    return core::list_joined(tx, api::caller_of(request), page.limit, page.offset);
  }));
  JsonWriter out;
  out.begin_object().key("rooms").begin_array();
  for (auto const& room : rooms) write_room(out, room);
  co_return http::Response::json(200, out.end_array().end_object().take());
}

Task<Result<http::Response>> get_room(api::Services& services, http::Request& request) {
  auto const id = CO_TRY(room_in_path(request));
  auto const encounter = CO_TRY(co_await api::read(services, request.executor(), [&](storage::Transaction& tx) {
    return core::require(tx, api::caller_of(request), id, core::Action::see);
  }));
  co_return http::Response::json(200, room_text(encounter.conversation));
}

Task<Result<http::Response>> update_room(api::Services& services, http::Request& request) {
  auto const id = CO_TRY(room_in_path(request));
  auto const body = CO_TRY(read_body<RoomChange>(request));
  core::ConversationChange change;
  if (body.name) change.name = body.name.value.value_or("");
  if (body.metadata) {
    auto const text = raw_member(request.body, "metadata");
    change.metadata = body.metadata.is_null() ? std::nullopt : std::optional<std::string>(text);
  }
  auto const room = CO_TRY(co_await api::write(services, request.executor(), id.value, [&](storage::Transaction& tx) {
    return core::update_conversation(tx, api::caller_of(request), id, change);
  }));
  co_return http::Response::json(200, room_text(room));
}

}  // namespace parlance::chatapi
