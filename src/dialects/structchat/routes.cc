#include "dialects/structchat/routes.h"

#include <memory>
#include <utility>

#include "api/access.h"
#include "dialects/structchat/anons.h"
#include "dialects/structchat/channels.h"
#include "dialects/structchat/chats.h"
#include "dialects/structchat/errors.h"
#include "dialects/structchat/feeds.h"
#include "dialects/structchat/gateway.h"
#include "dialects/structchat/live_exchange.h"
#include "dialects/structchat/organisations.h"
#include "dialects/structchat/reactions.h"
#include "dialects/structchat/reads.h"
#include "dialects/structchat/replies.h"
#include "dialects/structchat/search.h"
#include "dialects/structchat/search_parameters.h"
#include "dialects/structchat/tags.h"
#include "dialects/structchat/threads.h"
#include "dialects/structchat/uploads.h"
#include "dialects/structchat/users.h"
#include "dialects/structchat/websocket_upgrade.h"
#include "dialects/structchat/wire.h"

namespace parlance::structchat {
namespace {

using Endpoint = Task<Result<http::Response>> (*)(Gateway&, http::Request&);

/// The routes as one table: every endpoint of the dialect, with who may call it and what it takes.
struct Table {
  http::RouteGroup& group;
  std::shared_ptr<Gateway> gateway;

  /// For users. Bodies are JSON whatever they are called: the contract's own examples do not call them anything.
  http::Route& add(http::Method method, std::string pattern, std::string operation, Endpoint endpoint) {
    auto handler = [kept = gateway, endpoint](http::Request& request) { return endpoint(*kept, request); };
    return group.add(method, std::move(pattern), std::move(operation), handler)
        .set_access(api::Access::user)
        .accept({"application/json", "application/x-www-form-urlencoded", "text/plain"});
  }

  /// Also without a credential, where something is open to anyone.
  http::Route& add_open(std::string pattern, std::string operation, Endpoint endpoint) {
    return add(http::Method::get, std::move(pattern), std::move(operation), endpoint).set_access(api::Access::optional);
  }
};

http::Parameter query(std::string name, std::string type, std::string description) {
  return {.name = std::move(name), .type = std::move(type), .description = std::move(description)};
}

void add_thread_routes(Table& table) {
  using enum http::Method;
  table.add(post, "/v1/threads", "createStructThread", create_thread).takes<NewThread>().returns<CreatedThreadReply>();
  table.add(put, "/v1/threads", "changeStructThreads", change_threads).takes<ThreadsChange>().returns<Success>();
  table.add_open("/v1/threads/{thread_id}", "getStructThread", get_thread).returns<ThreadReply>();
  table.add(put, "/v1/read", "markStructThreadRead", mark_read).takes<ReadChange>().returns<Success>();
  table.add(post, "/v1/chats", "createStructChat", create_chat).takes<NewChat>().returns<CreatedChatReply>();
  table.add(put, "/v1/chats", "updateStructChat", update_chat).takes<ChatChange>().returns<Success>();
  table.add_open("/v1/chats/{id}", "getStructChats", get_chats)
      .parameter(query("num", "integer", "Of a thread: 1 to 1000 chats, default 100."))
      .parameter(query("before", "string", "Of a thread: only chats with a smaller id."))
      .returns<ChatsReply>();
  table.add(post, "/v1/reactions", "writeStructReaction", write_reaction).takes<ReactionWrite>().returns<Success>();
}

void add_feed_routes(Table& table) {
  using enum http::Method;
  table.add_open("/v1/feeds", "listStructFeeds", list_feeds).returns<FeedsReply>();
  for (auto const& [pattern, operation] :
       {std::pair("/v1/feed", "getStructOmniFeed"), std::pair("/v1/feed/", "getStructDefaultFeed"),
        std::pair("/v1/feed/{feed_id}", "getStructFeed")}) {
    table.add_open(pattern, operation, get_feed)
        .parameter(query("page", "integer", "From 1."))
        .parameter(query("per_page", "integer", "1 to 100, default 20."))
        .returns<FeedPageReply>();
  }
  table.add(post, "/v1/feed", "createStructFeed", create_feed).takes<NewFeed>().returns<FeedReply>();
  table.add(put, "/v1/feed", "replaceStructFeed", replace_feed).takes<FeedUpdate>().returns<FeedReply>();
  table.add_open("/v1/tags", "listStructTags", list_tags).returns<TagsReply>();
  // For anybody: where nothing is open to anyone, nothing is found.
  table.add(post, "/v1/search", "searchStructThreads", search_threads)
      .set_access(api::Access::optional)
      .reads()
      .takes<SearchBody>();
  table.add(post, "/v1/feed/search", "searchStructFeed", search_feed)
      .set_access(api::Access::optional)
      .reads()
      .takes<SearchBody>()
      .returns<FeedPageReply>();
}

void add_people_routes(Table& table) {
  using enum http::Method;
  table.add(get, "/v1/users", "listStructUsers", list_users)
      .parameter(query("num", "integer", "1 to 10000, default 10000."))
      .parameter(query("after", "string", "Only users with a greater id."))
      .returns<UsersReply>();
  table.add(get, "/v1/users/{user_id}", "getStructUser", get_user).returns<UserReply>();
  table.add(post, "/v1/users", "createStructUser", create_user).takes<NewUser>().returns<UserReply>();
  table.add(put, "/v1/users", "updateStructUser", update_user).takes<UserUpdate>().returns<UserReply>();
  table.add_open("/v1/channels", "listStructChannels", list_channels).returns<ChannelsReply>();
  table.add(post, "/v1/channels", "createStructChannel", create_channel).takes<NewChannel>().returns<ChannelReply>();
  table.add(put, "/v1/channels", "updateStructChannel", update_channel).takes<ChannelUpdate>().returns<ChannelReply>();
  table.add(put, "/v1/channel-bits", "setStructChannelBits", set_channel_bits)
      .takes<ChannelBits>()
      .returns<ChannelReply>();
  table.add(post, "/v1/channels/join", "joinStructChannel", join_channel).takes<ChannelRef>().returns<ChannelReply>();
  table.add(post, "/v1/channels/leave", "leaveStructChannel", leave_channel)
      .takes<ChannelRef>()
      .returns<ChannelReply>();
}

void add_organisation_routes(Table& table) {
  using enum http::Method;
  table.add_open("/v1/org", "getStructOrg", get_organisation).returns<OrgReply>();
  table.add(put, "/v1/org", "updateStructOrg", update_organisation).takes<OrgUpdate>().returns<OrgReply>();
  table.add(put, "/v1/join-secret", "renewStructJoinSecret", renew_join_secret).returns<OrgReply>();
  table.add(post, "/create-org", "createStructOrg", create_organisation).takes<NewOrg>().returns<CreatedOrgReply>();
  table.add(post, "/v1/join", "joinStructOrg", join_organisation).takes<JoinRequest>().returns<JoinedReply>();
  table.add_open("/v1/anons", "listStructAnons", list_anons).set_access(api::Access::open).returns<AnonsReply>();
}

void add_upload_routes(Table& table, Options const& options) {
  // The form around the file is small.
  constexpr std::size_t kFormBytes = 64 << 10;
  table.add(http::Method::post, "/v1/upload", "uploadStructFile", upload)
      .set_streams_body()
      .set_max_body(static_cast<std::size_t>(options.max_upload_bytes) + kFormBytes)
      .accept({"multipart/form-data"})
      .returns<UploadReply>();
  table.add_open("/v1/upload/{handle}", "downloadStructFile", download);
}

void add_websocket_route(Table& table) {
  table.add(http::Method::get, "/v1/ws", "openStructWebSocket", open_websocket)
      .set_access(api::Access::open)  // Browsers cannot send headers: the handler looks at the query too.
      .parameter(query("token", "string", "A credential, or a single-use token of POST /ws/token."))
      .answers(101);
}

}  // namespace

void add_routes(http::Router& router, api::Services& services, Options options) {
  auto& group = router.add_group("structchat", error_response, "Organisations, channels, threads and feeds (Struct).");
  group.fails_with<Failure>();
  auto const live = std::make_shared<LiveExchange>(services, options.away_after);
  live->listen();
  Table table{group, std::make_shared<Gateway>(services, options, live)};
  add_thread_routes(table);
  add_feed_routes(table);
  add_people_routes(table);
  add_organisation_routes(table);
  add_upload_routes(table, options);
  add_websocket_route(table);
}

}  // namespace parlance::structchat
