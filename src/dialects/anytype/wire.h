#pragma once

#include <boost/describe.hpp>
#include <boost/json/value.hpp>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "core/spaces.h"
#include "http/describe.h"
#include "http/request.h"
#include "model/conversation.h"
#include "model/message.h"
#include "model/space.h"

/// How the contract spells things. The described types are what clients send and read; what is hot is written by the
/// functions below, to the same shapes. Times are unix seconds; ids are CIDs, except those of members, which are
/// `_participant_<space>_<identity>`. An identity is a user's external id.
namespace parlance::anytype {

struct ChatMark {
  std::string type;
  std::int64_t from = 0;  ///< UTF-16 units
  std::int64_t to = 0;    ///< exclusive
  std::optional<std::string> param;
};
BOOST_DESCRIBE_STRUCT(ChatMark, (), (type, from, to, param))

struct ChatMessageContent {
  std::string text;
  std::string style;
  std::optional<std::vector<ChatMark>> marks;
};
BOOST_DESCRIBE_STRUCT(ChatMessageContent, (), (text, style, marks))

struct ChatMessageAttachment {
  std::string target;
  std::optional<std::string> type;  ///< file, image, link; anything else is a file
};
BOOST_DESCRIBE_STRUCT(ChatMessageAttachment, (), (target, type))

struct ChatMessage {
  std::string object;
  std::string id;
  std::string order_id;
  std::string state_id;
  std::string creator;
  std::int64_t created_at = 0;
  std::int64_t modified_at = 0;
  std::optional<std::string> reply_to_message_id;
  ChatMessageContent content;
  std::vector<ChatMessageAttachment> attachments;
  std::map<std::string, std::vector<std::string>> reactions;
  bool read = false;
  bool has_mention = false;
  bool mention_read = false;
};
BOOST_DESCRIBE_STRUCT(ChatMessage, (),
                      (object, id, order_id, state_id, creator, created_at, modified_at, reply_to_message_id, content,
                       attachments, reactions, read, has_mention, mention_read))

struct ChatUnreadCounter {
  std::int64_t counter = 0;
  std::optional<std::string> oldest_order_id;
};
BOOST_DESCRIBE_STRUCT(ChatUnreadCounter, (), (counter, oldest_order_id))

struct ChatState {
  ChatUnreadCounter messages;
  ChatUnreadCounter mentions;
  std::optional<std::string> last_state_id;
  std::int64_t order = 0;
};
BOOST_DESCRIBE_STRUCT(ChatState, (), (messages, mentions, last_state_id, order))

struct ChatMessageList {
  std::vector<ChatMessage> messages;
  std::optional<ChatState> state;
};
BOOST_DESCRIBE_STRUCT(ChatMessageList, (), (messages, state))

struct OneChatMessage {
  ChatMessage message;
};
BOOST_DESCRIBE_STRUCT(OneChatMessage, (), (message))

struct NewChatMessage {
  std::string text;
  std::optional<std::string> style;
  std::optional<std::string> reply_to_message_id;
  std::optional<std::vector<ChatMessageAttachment>> attachments;
  std::optional<std::vector<ChatMark>> marks;
};
BOOST_DESCRIBE_STRUCT(NewChatMessage, (), (text, style, reply_to_message_id, attachments, marks))

struct ChatMessageChange {
  std::string text;
  std::optional<std::string> style;
  std::optional<std::vector<ChatMessageAttachment>> attachments;
  std::optional<std::vector<ChatMark>> marks;
};
BOOST_DESCRIBE_STRUCT(ChatMessageChange, (), (text, style, attachments, marks))

struct NewChatReaction {
  std::string emoji;
};
BOOST_DESCRIBE_STRUCT(NewChatReaction, (), (emoji))

struct ChatReactionChange {
  bool added = false;
};
BOOST_DESCRIBE_STRUCT(ChatReactionChange, (), (added))

struct ChatReadMark {
  std::optional<std::string> type;
  std::optional<std::string> after_order_id;
  std::optional<std::string> before_order_id;
  std::optional<std::string> last_state_id;
  std::optional<std::vector<std::string>> message_ids;
};
BOOST_DESCRIBE_STRUCT(ChatReadMark, (), (type, after_order_id, before_order_id, last_state_id, message_ids))

struct ChatSearchRequest {
  std::string query;
};
BOOST_DESCRIBE_STRUCT(ChatSearchRequest, (), (query))

struct ChatHighlightRange {
  std::int64_t from = 0;
  std::int64_t to = 0;
};
BOOST_DESCRIBE_STRUCT(ChatHighlightRange, (), (from, to))

struct ChatSearchResult {
  std::string chat_id;
  std::string message_id;
  std::int64_t score = 0;
  std::string highlight;
  std::optional<std::vector<ChatHighlightRange>> highlight_ranges;
  ChatMessage message;
};
BOOST_DESCRIBE_STRUCT(ChatSearchResult, (), (chat_id, message_id, score, highlight, highlight_ranges, message))

struct ChatSearchResults {
  std::vector<ChatSearchResult> results;
};
BOOST_DESCRIBE_STRUCT(ChatSearchResults, (), (results))

struct ChatPagination {
  std::int64_t total = 0;
  std::int64_t offset = 0;
  std::int64_t limit = 0;
  bool has_more = false;
};
BOOST_DESCRIBE_STRUCT(ChatPagination, (), (total, offset, limit, has_more))

struct ChatSpace {
  std::string object;
  std::string id;
  std::string name;
  http::Nullable<boost::json::value> icon;
  std::string description;
  std::string gateway_url;
  std::string network_id;
  std::string chat_id;
};
BOOST_DESCRIBE_STRUCT(ChatSpace, (), (object, id, name, icon, description, gateway_url, network_id, chat_id))

struct ChatSpaceList {
  std::vector<ChatSpace> data;
  ChatPagination pagination;
};
BOOST_DESCRIBE_STRUCT(ChatSpaceList, (), (data, pagination))

struct OneChatSpace {
  ChatSpace space;
};
BOOST_DESCRIBE_STRUCT(OneChatSpace, (), (space))

struct NewChatSpace {
  std::string name;
  std::optional<std::string> description;
  std::optional<boost::json::value> icon;
};
BOOST_DESCRIBE_STRUCT(NewChatSpace, (), (name, description, icon))

struct ChatSpaceChange {
  std::optional<std::string> name;
  std::optional<std::string> description;
  http::Patch<boost::json::value> icon;
};
BOOST_DESCRIBE_STRUCT(ChatSpaceChange, (), (name, description, icon))

struct Chat {
  std::string object;
  std::string id;
  std::string space_id;
  std::string name;
  http::Nullable<boost::json::value> icon;
  std::int64_t created_at = 0;
};
BOOST_DESCRIBE_STRUCT(Chat, (), (object, id, space_id, name, icon, created_at))

struct ChatList {
  std::vector<Chat> data;
  ChatPagination pagination;
};
BOOST_DESCRIBE_STRUCT(ChatList, (), (data, pagination))

struct OneChat {
  Chat chat;
};
BOOST_DESCRIBE_STRUCT(OneChat, (), (chat))

struct NewChat {
  std::string name;
  std::optional<boost::json::value> icon;
};
BOOST_DESCRIBE_STRUCT(NewChat, (), (name, icon))

struct ChatSpaceMember {
  std::string object;
  std::string id;
  std::string name;
  http::Nullable<boost::json::value> icon;
  std::string identity;
  std::string global_name;
  std::string status;
  std::string role;
};
BOOST_DESCRIBE_STRUCT(ChatSpaceMember, (), (object, id, name, icon, identity, global_name, status, role))

struct ChatSpaceMemberList {
  std::vector<ChatSpaceMember> data;
  ChatPagination pagination;
};
BOOST_DESCRIBE_STRUCT(ChatSpaceMemberList, (), (data, pagination))

struct OneChatSpaceMember {
  ChatSpaceMember member;
};
BOOST_DESCRIBE_STRUCT(OneChatSpaceMember, (), (member))

struct UploadedChatFile {
  std::string object;
  std::string object_id;
  std::string name;
  std::string media;
  std::int64_t size_in_bytes = 0;
};
BOOST_DESCRIBE_STRUCT(UploadedChatFile, (), (object, object_id, name, media, size_in_bytes))

/// What of a message depends on who looks at it.
struct MessageFlags {
  bool read = false;
  bool has_mention = false;
  bool mention_read = true;  ///< false only where there is a mention to read
  friend bool operator==(MessageFlags, MessageFlags) = default;
};

/// Of a message as its author sees it.
inline constexpr MessageFlags kOwnMessage{.read = true, .has_mention = false, .mention_read = true};

void write_message(JsonWriter& out, model::Message const& message, MessageFlags flags);

/// {"emoji": ["identity"…]}, each in the order in which they came.
void write_reactions(JsonWriter& out, std::vector<model::Reaction> const& reactions);

ChatSpace space_of(model::Space const& space);
Chat chat_of(model::Conversation const& conversation);
ChatSpaceMember member_of(core::SpaceMemberView const& view);

std::string_view style_name(model::TextStyle style);
/// What nobody knows is a paragraph.
model::TextStyle parse_style(std::string_view name);

/// As they are stored: a target that is a file's CID refers to that file, any other is kept as its text.
std::vector<model::Attachment> attachments_from(std::vector<ChatMessageAttachment> const& attachments);

/// An icon as it is stored; empty for null. invalid_argument on "icon" for none of the contract's three variants.
Result<std::string> icon_from(boost::json::value const& icon);

/// `_participant_<space>_<identity>`.
std::string format_participant(SpaceId space, std::string_view identity);
/// The identity in `text`, which is such an id of that space, or an identity as it is.
std::optional<std::string_view> parse_participant(SpaceId space, std::string_view text);

/// The ids of the path; not_found in the contract's words for what is no such id.
Result<SpaceId> space_in_path(http::Request const& request);
Result<MessageId> message_in_path(http::Request const& request);

struct ChatPath {
  SpaceId space;
  ConversationId chat;
};
Result<ChatPath> chat_in_path(http::Request const& request);

/// Where a page of a list begins and how long it is.
struct Page {
  std::int64_t offset = 0;
  std::int64_t limit = 100;
};
/// invalid_argument for a limit outside 1..1000; an offset that is no number from 0 on is 0.
Result<Page> page_of(http::Request const& request);
Result<std::int64_t> limit_of(http::Request const& request, std::int64_t fallback);
ChatPagination pagination_of(Page page, std::int64_t total);

/// The described body of a request. Every error names a field: "body" where no narrower one is at fault.
template <typename T>
Result<T> read_body(http::Request const& request) {
  auto body = http::decode_body<T>(request);
  if (!body && body.error().field.empty()) body.error().field = "body";
  return body;
}

/// What core/ calls otherwise than the contract does: "reply_to".
template <typename T>
Result<T> in_contract_words(Result<T> result) {
  if (!result && result.error().field == "reply_to") {
    result.error().field = "reply_to_message_id";
    result.error().message = "reply_to_message_id is not a message of this chat";
  }
  return result;
}

/// not_found in the contract's words: "message not found".
template <typename T>
Result<T> or_not_found(Result<T> result, std::string_view noun) {
  if (!result && result.error().code == Errc::not_found) result.error().message = std::string(noun) + " not found";
  return result;
}

}  // namespace parlance::anytype
