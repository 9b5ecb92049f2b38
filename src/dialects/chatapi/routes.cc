#include "dialects/chatapi/routes.h"

#include <memory>
#include <utility>

#include "api/access.h"
#include "dialects/chatapi/acks.h"
#include "dialects/chatapi/dead_letters.h"
#include "dialects/chatapi/errors.h"
#include "dialects/chatapi/health.h"
#include "dialects/chatapi/members.h"
#include "dialects/chatapi/messages.h"
#include "dialects/chatapi/notifications.h"
#include "dialects/chatapi/presence_announcer.h"
#include "dialects/chatapi/rooms.h"
#include "dialects/chatapi/subscriptions.h"
#include "dialects/chatapi/websocket_upgrade.h"
#include "dialects/chatapi/wire.h"

namespace parlance::chatapi {
namespace {

using Endpoint = Task<Result<http::Response>> (*)(api::Services&, http::Request&);
using GatewayEndpoint = Task<Result<http::Response>> (*)(WebSocketGateway&, http::Request&);

/// The routes as one table: every endpoint of the dialect, with who may call it and what it takes and gives.
struct Table {
  http::RouteGroup& group;
  api::Services& services;
  std::shared_ptr<WebSocketGateway> gateway;

  http::Route& add(http::Method method, std::string pattern, std::string operation, Endpoint endpoint) {
    auto handler = [&all = services, endpoint](http::Request& request) { return endpoint(all, request); };
    return group.add(method, std::move(pattern), std::move(operation), handler).set_access(api::Access::user);
  }

  http::Route& add(http::Method method, std::string pattern, std::string operation, GatewayEndpoint endpoint) {
    auto handler = [kept = gateway, endpoint](http::Request& request) { return endpoint(*kept, request); };
    return group.add(method, std::move(pattern), std::move(operation), handler).set_access(api::Access::user);
  }
};

http::Parameter query(std::string name, std::string type, std::string description) {
  return {.name = std::move(name), .type = std::move(type), .description = std::move(description)};
}

http::Parameter limit_parameter(std::string range) { return query("limit", "integer", std::move(range)); }
http::Parameter offset_parameter() { return query("offset", "integer", "How many to skip first."); }

void add_room_routes(Table& table) {
  using enum http::Method;
  table.add(post, "/rooms", "createRoom", create_room).takes<NewRoom>().returns<Room>(201);
  table.add(get, "/rooms", "listRooms", list_rooms)
      .parameter(limit_parameter("1 to 100, default 50."))
      .parameter(offset_parameter())
      .returns<RoomList>();
  table.add(get, "/rooms/{room_id}", "getRoom", get_room).returns<Room>();
  table.add(patch, "/rooms/{room_id}", "updateRoom", update_room).takes<RoomChange>().returns<Room>();
  table.add(get, "/rooms/{room_id}/members", "listMembers", list_members)
      .parameter(limit_parameter("1 to 100, default 50."))
      .parameter(offset_parameter())
      .returns<std::vector<RoomMember>>();
  table.add(post, "/rooms/{room_id}/members", "addMember", add_member).takes<NewMember>().returns<RoomMember>(201);
}

void add_message_routes(Table& table) {
  using enum http::Method;
  table.add(post, "/rooms/{room_id}/messages", "sendMessage", send_message)
      .takes<NewRoomMessage>()
      .returns<SentRoomMessage>(201);
  table.add(get, "/rooms/{room_id}/messages", "listMessages", list_messages)
      .parameter(query("after_seq", "integer", "Only messages above this sequence number."))
      .parameter(limit_parameter("1 to 100, default 50."))
      .parameter(offset_parameter())
      .returns<std::vector<RoomMessage>>();
  table.add(put, "/rooms/{room_id}/messages/{message_id}", "editMessage", edit_message)
      .takes<MessageChange>()
      .returns<RoomMessage>();
  table.add(del, "/rooms/{room_id}/messages/{message_id}", "deleteMessage", delete_message).answers(204);
  table.add(post, "/acks", "acknowledge", acknowledge).takes<Ack>().returns<Success>();
}

void add_notification_routes(Table& table) {
  using enum http::Method;
  table.add(post, "/notify", "notify", notify).takes<NewRoomNotification>().returns<AcceptedNotification>(202);
  table.add(post, "/subscriptions", "subscribe", subscribe).takes<NewSubscription>().returns<TopicSubscriber>(201);
  table.add(get, "/subscriptions", "listSubscriptions", list_subscriptions).returns<SubscriptionList>();
  table.add(del, "/subscriptions/{subscription_id}", "unsubscribe", unsubscribe).answers(204);
}

void add_service_routes(Table& table) {
  using enum http::Method;
  table.add(get, "/health", "getHealth", get_health).set_access(api::Access::open).returns<Health>();
  table.add(get, "/admin/dead-letters", "listDeadLetters", list_dead_letters)
      .set_access(api::Access::backend)
      .parameter({.name = "tenant_id", .description = "The tenant of the key.", .required = true})
      .parameter(limit_parameter("1 to 1000, default 50."))
      .returns<DeadLetters>();
}

void add_websocket_routes(Table& table) {
  using enum http::Method;
  table.add(post, "/ws/token", "issueWebSocketToken", issue_websocket_token).returns<ConnectionToken>();
  table.add(get, "/ws", "openWebSocket", open_websocket)
      .set_access(api::Access::open)  // Browsers cannot send headers: the handler looks at the query too.
      .parameter(query("token", "string", "A single-use token of POST /ws/token."))
      .answers(101);
}

}  // namespace

void add_routes(http::Router& router, api::Services& services, Options options) {
  auto& group = router.add_group("chatapi", error_response, "Rooms, acknowledgements and notifications (ChatAPI).");
  group.fails_with<ErrorEnvelope>();
  Table table{group, services, std::make_shared<WebSocketGateway>(services, options)};
  add_room_routes(table);
  add_message_routes(table);
  add_notification_routes(table);
  add_service_routes(table);
  add_websocket_routes(table);
  announce_presence(services);
}

}  // namespace parlance::chatapi
