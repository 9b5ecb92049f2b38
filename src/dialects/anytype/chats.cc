#include "dialects/anytype/chats.h"

#include "api/await.h"
#include "api/identity.h"
#include "core/conversations.h"
#include "core/space_directory.h"
#include "dialects/anytype/chat_access.h"
#include "dialects/anytype/wire.h"

namespace parlance::anytype {
namespace {

http::Response chat_response(int status, model::Conversation const& conversation) {
  return http::Response::json(status, http::encode_json(OneChat{chat_of(conversation)}));
}

}  // namespace

Task<Result<http::Response>> list_chats(api::Services& services, http::Request& request) {
  auto const id = CO_TRY(space_in_path(request));
  auto const page = CO_TRY(page_of(request));
  auto const& caller = api::caller_of(request);
  using Found = core::ListPage<model::Conversation>;
  auto const found =
      CO_TRY(co_await api::read(services, request.executor(), [&](storage::Transaction& tx) -> Result<Found> {
        TRY(meet_space(tx, caller, id));
        return core::list_conversations_of_space(tx, caller, id, page.limit, page.offset);
      }));
  ChatList list;
  for (auto const& conversation : found.items) list.data.push_back(chat_of(conversation));
  list.pagination = pagination_of(page, found.total);
  co_return http::Response::json(200, http::encode_json(list));
}

Task<Result<http::Response>> create_chat(api::Services& services, http::Request& request) {
  auto const id = CO_TRY(space_in_path(request));
  auto const body = CO_TRY(read_body<NewChat>(request));
  if (body.name.empty()) co_return invalid("name", "name must not be empty");
  core::NewConversation input;
  input.kind = model::ConversationKind::channel;
  input.access = model::Access::space;
  input.space = id;
  input.name = body.name;
  if (body.icon) input.icon = CO_TRY(icon_from(*body.icon));
  auto const& caller = api::caller_of(request);
  auto const verb = [&](storage::Transaction& tx) -> Result<model::Conversation> {
    TRY(meet_space_to_write(tx, caller, id));
    return TRY(core::create_conversation(tx, caller, input)).conversation;
  };
  co_return co_await api::perform(services, request, caller.tenant.value, verb,
                                  [](model::Conversation const& chat) { return chat_response(201, chat); });
}

Task<Result<http::Response>> get_chat(api::Services& services, http::Request& request) {
  auto const path = CO_TRY(chat_in_path(request));
  auto const encounter = CO_TRY(co_await api::read(services, request.executor(), [&](storage::Transaction& tx) {
    return meet_chat(tx, api::caller_of(request), path);
  }));
  co_return chat_response(200, encounter.conversation);
}

}  // namespace parlance::anytype
