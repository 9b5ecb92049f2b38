#include "dialects/conversations/routes.h"

#include <boost/json/object.hpp>
#include <memory>
#include <utility>

#include "api/access.h"
#include "dialects/conversations/attachments.h"
#include "dialects/conversations/contents.h"
#include "dialects/conversations/conversations.h"
#include "dialects/conversations/errors.h"
#include "dialects/conversations/members.h"
#include "dialects/conversations/message_list.h"
#include "dialects/conversations/messages.h"
#include "dialects/conversations/operation.h"
#include "dialects/conversations/pinned.h"
#include "dialects/conversations/search.h"
#include "dialects/conversations/tokens.h"
#include "dialects/conversations/wire.h"

namespace parlance::conversations {
namespace {

using Shared = std::shared_ptr<Dialect>;

Result<http::Response> in_contract_words(Result<http::Response> result) {
  if (result) return result;
  return std::unexpected(in_words_of_the_contract(std::move(result).error()));
}

Result<boost::json::value> body_of(http::Request const& request) {
  if (request.body.empty()) return boost::json::value(boost::json::object());
  auto body = parse_json(request.body);
  if (!body && body.error().field.empty()) body.error().field = "body";
  return body;
}

Task<Result<http::Response>> call_over_http(Shared dialect, Operation operation, http::Request& request) {
  Call call{.identity = api::identity_of(request),
            .body = CO_TRY(body_of(request)),
            .id = std::string(request.path_parameter("id")),
            .executor = request.executor(),
            .request = &request};
  co_return in_contract_words(co_await operation(*dialect, call));
}

/// "{id}" of the path stands among the other parameters; like every id it is a string.
Result<std::string> id_among(boost::json::object const& params) {
  auto const* const id = params.if_contains("id");
  if (id == nullptr) return std::string();
  if (!id->is_string()) return invalid("id", "id must be a decimal id as a string");
  return std::string(id->get_string());
}

Task<Result<std::string>> call_over_rpc(Shared dialect, Operation operation, api::RpcCall rpc) {
  Call call{.identity = rpc.identity, .body = rpc.params, .id = CO_TRY(id_among(rpc.params)), .executor = rpc.executor};
  auto response = CO_TRY(in_contract_words(co_await operation(*dialect, call)));
  co_return std::get<std::string>(std::move(response.body));
}

/// Every operation is a POST; some only read.
enum class Effect { none, changes };

/// The operations as one table: every one with its id, its path and what it takes and gives.
struct Table {
  http::RouteGroup& group;
  api::RpcRegistry& rpc;
  Shared dialect;

  http::Route& add(std::string const& id, std::string const& path, Operation operation,
                   Effect effect = Effect::changes) {
    auto const handler = [kept = dialect, operation](http::Request& request) {
      return call_over_http(kept, operation, request);
    };
    rpc.add(id,
            [kept = dialect, operation](api::RpcCall call) { return call_over_rpc(kept, operation, std::move(call)); });
    auto& alias = group.add(http::Method::post, "/api/v1" + path, id + "-v1", handler);
    alias.set_access(api::Access::user).set_hidden();
    auto& route = group.add(http::Method::post, path, id, handler);
    route.only_reads = alias.only_reads = effect == Effect::none;
    return route.set_access(api::Access::user);
  }
};

void add_message_routes(Table& table) {
  table.add("send-message", "/chat/messages/send", send_message).takes<NewMessage>().returns<ChatMessage>();
  table.add("list-messages", "/chat/messages/list", list_messages, Effect::none)
      .takes<MessageQuery>()
      .returns<MessageList>();
  table.add("search-messages", "/chat/messages/search", search_messages, Effect::none)
      .takes<SearchQuery>()
      .returns<FoundMessages>();
  table.add("edit-message", "/chat/messages/{id}/update", edit_message).takes<MessageChange>().returns<ChatMessage>();
  table.add("delete-message", "/chat/messages/{id}/delete", delete_message).returns<ChatMessage>();
  table.add("send-typing", "/chat/typing/send", send_typing).takes<Typing>().returns<Nothing>();
  table.add("add-reaction", "/chat/messages/{id}/reactions/add", add_reaction).takes<EmojiRef>().returns<ChatMessage>();
  table.add("remove-reaction", "/chat/messages/{id}/reactions/remove", remove_reaction)
      .takes<EmojiRef>()
      .returns<ChatMessage>();
  table.add("pin-message", "/chat/messages/{id}/pin", pin_message).returns<ChatMessage>();
  table.add("unpin-message", "/chat/messages/{id}/unpin", unpin_message).returns<ChatMessage>();
}

void add_conversation_routes(Table& table) {
  table.add("list-conversations", "/chat/conversations/list", list_conversations, Effect::none)
      .takes<ConversationQuery>()
      .returns<ConversationList>();
  table.add("create-conversation", "/chat/conversations/create", create_conversation)
      .takes<NewConversation>()
      .returns<Conversation>(201);
  table.add("get-conversation", "/chat/conversations/{id}/get", get_conversation, Effect::none).returns<Conversation>();
  table.add("update-conversation", "/chat/conversations/{id}/update", update_conversation)
      .takes<ConversationChange>()
      .returns<Conversation>();
  table.add("archive-conversation", "/chat/conversations/{id}/archive", archive_conversation).returns<Conversation>();
  table.add("convert-conversation", "/chat/conversations/{id}/convert", convert_conversation)
      .takes<Conversion>()
      .returns<Conversation>();
  table.add("list-pinned-messages", "/chat/conversations/{id}/pins/list", list_pinned_messages, Effect::none)
      .takes<ListQuery>()
      .returns<FoundMessages>();
}

void add_member_routes(Table& table) {
  table.add("add-conversation-member", "/chat/conversations/{id}/members/add", add_member)
      .takes<NewMember>()
      .returns<ConversationMember>();
  table.add("remove-conversation-member", "/chat/conversations/{id}/members/remove", remove_member)
      .takes<MemberRef>()
      .returns<Nothing>();
  table.add("leave-conversation", "/chat/conversations/{id}/leave", leave).returns<Nothing>();
  table.add("mark-conversation-read", "/chat/conversations/{id}/read", mark_read)
      .takes<ReadMark>()
      .returns<ReadState>();
  table.add("update-conversation-preferences", "/chat/conversations/{id}/preferences/update", update_preferences)
      .takes<PreferencesChange>()
      .returns<Preferences>();
}

void add_attachment_routes(Table& table) {
  table
      .add("list-conversation-attachments", "/chat/conversations/{id}/attachments/list", list_attachments, Effect::none)
      .takes<ListQuery>()
      .returns<AttachmentList>();
  table.add("chat-attachment-upload-ticket", "/chat/attachments/upload-ticket", create_upload_ticket)
      .takes<NewUpload>()
      .returns<UploadTicket>();
  table.add("chat-attachment-finalize", "/chat/attachments/finalize", finalize_upload)
      .takes<UploadEnd>()
      .returns<FinishedUpload>();
}

void add_token_routes(Table& table) {
  table.add("get-connection-token", "/realtime/connection-token", get_connection_token).returns<ConnectionToken>();
  table.add("get-subscribe-token", "/chat/subscribe-token", get_subscribe_token)
      .takes<ConversationRef>()
      .returns<SubscriptionToken>();
}

/// Contents are not JSON, so these are no operations.
void add_content_routes(Table& table) {
  auto const put = [kept = table.dialect](http::Request& request) { return put_content(*kept, request); };
  auto const get = [kept = table.dialect](http::Request& request) { return get_content(*kept, request); };
  table.group.add(http::Method::put, "/chat/attachments/uploads/{id}", "chat-attachment-upload", put)
      .set_summary("Takes the content of an upload; the URL is the ticket's.")
      .set_access(api::Access::open)
      .set_streams_body()
      .set_max_body(static_cast<std::size_t>(table.dialect->options.max_upload_bytes))
      .accept({"*/*"})
      .returns<Nothing>();
  table.group.add(http::Method::get, "/chat/attachments/{id}", "chat-attachment-download", get)
      .set_summary("The content of an attachment, whole or a range.")
      .set_access(api::Access::user);
  table.group.add(http::Method::get, "/api/v1/chat/attachments/{id}", "chat-attachment-download-v1", get)
      .set_access(api::Access::user)
      .set_hidden();
}

}  // namespace

void add_routes(http::Router& router, api::Services& services, api::RpcRegistry& rpc, Stores stores, Options options) {
  auto& group = router.add_group("conversations", error_response,
                                 "Chat operations beside the Centrifugo protocol (Conversations).");
  Table table{group, rpc, std::make_shared<Dialect>(services, stores, options)};
  add_message_routes(table);
  add_conversation_routes(table);
  add_member_routes(table);
  add_attachment_routes(table);
  add_token_routes(table);
  add_content_routes(table);
}

}  // namespace parlance::conversations
