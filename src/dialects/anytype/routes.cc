#include "dialects/anytype/routes.h"

#include <memory>
#include <utility>

#include "api/access.h"
#include "api/rate_limit.h"
#include "dialects/anytype/chats.h"
#include "dialects/anytype/errors.h"
#include "dialects/anytype/files.h"
#include "dialects/anytype/gateway.h"
#include "dialects/anytype/members.h"
#include "dialects/anytype/messages.h"
#include "dialects/anytype/reactions.h"
#include "dialects/anytype/reads.h"
#include "dialects/anytype/searches.h"
#include "dialects/anytype/spaces.h"
#include "dialects/anytype/subscriptions.h"
#include "dialects/anytype/wire.h"
#include "dialects/anytype/write_limit.h"

namespace parlance::anytype {
namespace {

using Answer = Task<Result<http::Response>>;
using Endpoint = Answer (*)(api::Services&, http::Request&);
using GatewayEndpoint = Answer (*)(Gateway&, http::Request&);

/// What a form may hold beside its file: boundaries, part headers, a type.
constexpr std::int64_t kFormBytes = 64 << 10;

Answer call(Gateway& gateway, Endpoint endpoint, http::Request& request) { return endpoint(gateway.services, request); }
Answer call(Gateway& gateway, GatewayEndpoint endpoint, http::Request& request) { return endpoint(gateway, request); }

/// Every answer of the dialect names its version.
template <class Handler>
Answer answer(Gateway& gateway, Handler endpoint, http::Request& request) {
  auto response = CO_TRY(co_await call(gateway, endpoint, request));
  response.headers.set(kVersionHeader, kVersion);
  co_return response;
}

/// The same for writes, which are limited. Errors are rendered here: they carry the limit's headers too.
template <class Handler>
Task<http::Response> answer_write(http::Router const& router, Gateway& gateway, Handler endpoint,
                                  http::Request& request) {
  auto const decision = take_write(gateway, request);
  auto outcome = Result<http::Response>();
  if (decision && !decision->allowed) {
    outcome = std::unexpected(api::rate_limited(*decision));
  } else {
    outcome = co_await answer(gateway, endpoint, request);
  }
  auto response = outcome ? *std::move(outcome) : router.render(outcome.error(), request);
  if (decision) add_write_headers(response, request, gateway.options, *decision);
  co_return response;
}

/// The routes as one table: every endpoint of the dialect, and what it takes and gives.
struct Table {
  http::Router const& router;
  http::RouteGroup& group;
  std::shared_ptr<Gateway> gateway;

  template <class Handler>
  http::Route& read(http::Method method, std::string pattern, std::string operation, Handler endpoint) {
    auto handler = [kept = gateway, endpoint](http::Request& request) { return answer(*kept, endpoint, request); };
    return group.add(method, std::move(pattern), std::move(operation), handler).set_access(api::Access::user);
  }

  template <class Handler>
  http::Route& write(http::Method method, std::string pattern, std::string operation, Handler endpoint) {
    auto handler = [&all = router, kept = gateway, endpoint](http::Request& request) {
      return answer_write(all, *kept, endpoint, request);
    };
    return group.add(method, std::move(pattern), std::move(operation), handler).set_access(api::Access::user);
  }
};

http::Parameter query(std::string name, std::string type, std::string description) {
  return {.name = std::move(name), .type = std::move(type), .description = std::move(description)};
}

http::Parameter limit_parameter(std::string range) { return query("limit", "integer", std::move(range)); }
http::Parameter offset_parameter() { return query("offset", "integer", "How many to skip first."); }

void add_space_routes(Table& table) {
  using enum http::Method;
  table.read(get, "/v1/spaces", "anytypeListSpaces", list_spaces)
      .parameter(limit_parameter("1 to 1000, default 100."))
      .parameter(offset_parameter())
      .returns<ChatSpaceList>();
  table.write(post, "/v1/spaces", "anytypeCreateSpace", create_space).takes<NewChatSpace>().returns<OneChatSpace>(201);
  table.read(get, "/v1/spaces/{space_id}", "anytypeGetSpace", get_space).returns<OneChatSpace>();
  table.write(patch, "/v1/spaces/{space_id}", "anytypeUpdateSpace", update_space)
      .takes<ChatSpaceChange>()
      .returns<OneChatSpace>();
  table.read(get, "/v1/spaces/{space_id}/members", "anytypeListMembers", list_members)
      .parameter(limit_parameter("1 to 1000, default 100."))
      .parameter(offset_parameter())
      .returns<ChatSpaceMemberList>();
  table.read(get, "/v1/spaces/{space_id}/members/{member_id}", "anytypeGetMember", get_member)
      .returns<OneChatSpaceMember>();
}

void add_chat_routes(Table& table) {
  using enum http::Method;
  table.read(get, "/v1/spaces/{space_id}/chats", "anytypeListChats", list_chats)
      .parameter(limit_parameter("1 to 1000, default 100."))
      .parameter(offset_parameter())
      .returns<ChatList>();
  table.write(post, "/v1/spaces/{space_id}/chats", "anytypeCreateChat", create_chat)
      .takes<NewChat>()
      .returns<OneChat>(201);
  table.read(get, "/v1/spaces/{space_id}/chats/{chat_id}", "anytypeGetChat", get_chat).returns<OneChat>();
  table.read(post, "/v1/spaces/{space_id}/chats/{chat_id}/search", "anytypeSearchMessages", search_messages)
      .parameter(limit_parameter("1 to 1000, default 100."))
      .parameter(offset_parameter())
      .takes<ChatSearchRequest>()
      .returns<ChatSearchResults>();
  table.write(post, "/v1/spaces/{space_id}/chats/{chat_id}/read", "anytypeMarkRead", mark_read)
      .takes<ChatReadMark>()
      .answers(204);
  table.write(post, "/v1/spaces/{space_id}/chats/{chat_id}/read_all", "anytypeMarkAllRead", mark_all_read).answers(204);
  table.read(get, "/v1/spaces/{space_id}/chats/{chat_id}/subscribe", "anytypeSubscribe", subscribe)
      .parameter(limit_parameter("Messages in the first event: 1 to 1000, default 50."))
      .parameter(query("last_event_id", "string", "Where to resume, for clients that cannot send Last-Event-ID."))
      .answers(200);
}

void add_message_routes(Table& table) {
  using enum http::Method;
  table.read(get, "/v1/spaces/{space_id}/chats/{chat_id}/messages", "anytypeListMessages", list_messages)
      .parameter(limit_parameter("1 to 1000, default 100."))
      .parameter(query("before_order_id", "string", "Only messages before this one."))
      .parameter(query("after_order_id", "string", "Only messages after this one."))
      .returns<ChatMessageList>();
  table.write(post, "/v1/spaces/{space_id}/chats/{chat_id}/messages", "anytypeSendMessage", send_message)
      .takes<NewChatMessage>()
      .returns<OneChatMessage>(201);
  auto const* const one = "/v1/spaces/{space_id}/chats/{chat_id}/messages/{message_id}";
  table.read(get, one, "anytypeGetMessage", get_message).returns<OneChatMessage>();
  table.write(patch, one, "anytypeEditMessage", edit_message).takes<ChatMessageChange>().returns<OneChatMessage>();
  table.write(del, one, "anytypeDeleteMessage", delete_message).answers(204);
  table.write(post, std::string(one) + "/reactions", "anytypeToggleReaction", toggle_reaction)
      .takes<NewChatReaction>()
      .returns<ChatReactionChange>();
}

void add_file_routes(Table& table) {
  using enum http::Method;
  auto const most = table.gateway->options.max_upload_bytes + kFormBytes;
  table.write(post, "/v1/spaces/{space_id}/files", "anytypeUploadFile", upload_file)
      .set_streams_body()
      .set_max_body(static_cast<std::size_t>(most))
      .accept({"multipart/form-data"})
      .returns<UploadedChatFile>();
  table.read(get, "/v1/spaces/{space_id}/files/{file_id}", "anytypeDownloadFile", download_file).answers(200);
}

}  // namespace

void add_routes(http::Router& router, api::Services& services, Options options) {
  auto& group = router.add_group("anytype", error_response, "Spaces, chats and files (Anytype).");
  group.fails_with<ChatError>();
  Table table{router, group, std::make_shared<Gateway>(services, options)};
  add_space_routes(table);
  add_chat_routes(table);
  add_message_routes(table);
  add_file_routes(table);
}

}  // namespace parlance::anytype
