#pragma once

#include <boost/describe.hpp>
#include <boost/json/value.hpp>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/ids.h"
#include "base/json.h"
#include "base/result.h"
#include "core/conversation_views.h"
#include "http/describe.h"
#include "http/response.h"
#include "model/conversation.h"
#include "model/member.h"
#include "model/message.h"

/// How the contract spells things. The described types are what clients send and read; messages, conversations and
/// attachments are written by api/chat_wire.h, to the same shapes. Ids are decimal strings, those of users external
/// ids; times are RFC 3339 in UTC.
namespace parlance::conversations {

enum class Visibility { dm, group, private_, global };
BOOST_DESCRIBE_ENUM(Visibility, dm, group, private_, global)

enum class HistoryMode { full, since_join };
BOOST_DESCRIBE_ENUM(HistoryMode, full, since_join)

enum class RoleName { admin, member };
BOOST_DESCRIBE_ENUM(RoleName, admin, member)

enum class NotifyLevel { all, mentions, everyone, none };
BOOST_DESCRIBE_ENUM(NotifyLevel, all, mentions, everyone, none)

struct Nothing {};
BOOST_DESCRIBE_STRUCT(Nothing, (), ())

// What clients send.

struct ConversationRef {
  std::string conversationId;
};
BOOST_DESCRIBE_STRUCT(ConversationRef, (), (conversationId))

struct NewMessage {
  std::string conversationId;
  std::optional<std::string> content;
  std::optional<std::string> clientMsgId;
  std::optional<std::string> replyToId;
  std::optional<std::vector<std::string>> mentions;
  std::optional<std::vector<std::string>> attachmentIds;
};
BOOST_DESCRIBE_STRUCT(NewMessage, (), (conversationId, content, clientMsgId, replyToId, mentions, attachmentIds))

struct MessageChange {
  std::optional<std::string> content;
  std::optional<std::vector<std::string>> mentions;
  std::optional<std::vector<std::string>> attachmentIds;
};
BOOST_DESCRIBE_STRUCT(MessageChange, (), (content, mentions, attachmentIds))

struct MessageQuery {
  std::string conversationId;
  std::optional<std::string> before;
  std::optional<std::string> after;
  std::optional<std::string> around;
  std::optional<std::string> cursor;
  std::optional<std::int64_t> limit;
};
BOOST_DESCRIBE_STRUCT(MessageQuery, (), (conversationId, before, after, around, cursor, limit))

struct SearchQuery {
  std::optional<std::string> conversationId;
  std::string query;
  std::optional<std::string> cursor;
  std::optional<std::int64_t> limit;
};
BOOST_DESCRIBE_STRUCT(SearchQuery, (), (conversationId, query, cursor, limit))

struct ListQuery {
  std::optional<std::string> cursor;
  std::optional<std::int64_t> limit;
};
BOOST_DESCRIBE_STRUCT(ListQuery, (), (cursor, limit))

struct ConversationQuery {
  std::optional<std::string> cursor;
  std::optional<std::int64_t> limit;
  std::optional<bool> includeArchived;
};
BOOST_DESCRIBE_STRUCT(ConversationQuery, (), (cursor, limit, includeArchived))

struct Typing {
  std::string conversationId;
  std::optional<bool> active;
};
BOOST_DESCRIBE_STRUCT(Typing, (), (conversationId, active))

struct EmojiRef {
  std::string emoji;
};
BOOST_DESCRIBE_STRUCT(EmojiRef, (), (emoji))

struct NewConversation {
  Visibility visibility = Visibility::group;
  std::optional<HistoryMode> historyMode;
  std::optional<std::string> name;
  std::optional<std::string> description;
  std::optional<std::vector<std::string>> memberIds;
};
BOOST_DESCRIBE_STRUCT(NewConversation, (), (visibility, historyMode, name, description, memberIds))

struct ConversationChange {
  http::Patch<std::string> name;
  http::Patch<std::string> description;
  std::optional<Visibility> visibility;
};
BOOST_DESCRIBE_STRUCT(ConversationChange, (), (name, description, visibility))

struct Conversion {
  Visibility visibility = Visibility::private_;
  std::optional<HistoryMode> historyMode;
};
BOOST_DESCRIBE_STRUCT(Conversion, (), (visibility, historyMode))

struct NewMember {
  std::string userId;
  std::optional<RoleName> role;
};
BOOST_DESCRIBE_STRUCT(NewMember, (), (userId, role))

struct MemberRef {
  std::string userId;
};
BOOST_DESCRIBE_STRUCT(MemberRef, (), (userId))

struct ReadMark {
  std::string messageId;
};
BOOST_DESCRIBE_STRUCT(ReadMark, (), (messageId))

struct PreferencesChange {
  std::optional<bool> starred;
  http::Patch<std::string> muteUntil;
  std::optional<NotifyLevel> notifyLevel;
};
BOOST_DESCRIBE_STRUCT(PreferencesChange, (), (starred, muteUntil, notifyLevel))

struct NewUpload {
  std::string conversationId;
  std::string fileName;
  std::string contentType;
  std::int64_t size = 0;
};
BOOST_DESCRIBE_STRUCT(NewUpload, (), (conversationId, fileName, contentType, size))

struct UploadEnd {
  std::string uploadId;
  std::optional<std::string> messageId;
  std::optional<std::string> sha256;
};
BOOST_DESCRIBE_STRUCT(UploadEnd, (), (uploadId, messageId, sha256))

// What clients read.

struct Attachment {
  std::optional<std::string> id;
  std::optional<std::string> fileName;
  std::optional<std::string> contentType;
  std::optional<std::int64_t> size;
  std::string url;
};
BOOST_DESCRIBE_STRUCT(Attachment, (), (id, fileName, contentType, size, url))

struct LinkPreview {
  std::string url;
  std::optional<std::string> title;
  std::optional<std::string> description;
  std::optional<std::string> imageUrl;
  std::optional<std::string> siteName;
};
BOOST_DESCRIBE_STRUCT(LinkPreview, (), (url, title, description, imageUrl, siteName))

struct ReactionGroup {
  std::string emoji;
  std::vector<std::string> userIds;
  std::int64_t count = 0;
};
BOOST_DESCRIBE_STRUCT(ReactionGroup, (), (emoji, userIds, count))

struct ChatMessage {
  std::string id;
  std::string conversationId;
  std::int64_t seq = 0;
  std::string senderId;
  http::Nullable<std::string> content;
  std::optional<std::string> clientMsgId;
  std::optional<std::string> replyToId;
  std::vector<std::string> mentions;
  std::vector<Attachment> attachments;
  std::vector<LinkPreview> linkPreviews;
  std::vector<ReactionGroup> reactions;
  bool pinned = false;
  std::string createdAt;
  http::Nullable<std::string> editedAt;
  http::Nullable<std::string> deletedAt;
};
BOOST_DESCRIBE_STRUCT(ChatMessage, (),
                      (id, conversationId, seq, senderId, content, clientMsgId, replyToId, mentions, attachments,
                       linkPreviews, reactions, pinned, createdAt, editedAt, deletedAt))

struct OwnState {
  RoleName role = RoleName::member;
  bool starred = false;
  http::Nullable<std::string> muteUntil;
  NotifyLevel notifyLevel = NotifyLevel::all;
  http::Nullable<std::string> lastReadMessageId;
};
BOOST_DESCRIBE_STRUCT(OwnState, (), (role, starred, muteUntil, notifyLevel, lastReadMessageId))

struct Conversation {
  std::string id;
  Visibility visibility = Visibility::group;
  HistoryMode historyMode = HistoryMode::full;
  http::Nullable<std::string> name;
  http::Nullable<std::string> description;
  std::int64_t memberCount = 0;
  std::string createdAt;
  std::string updatedAt;
  http::Nullable<std::string> archivedAt;
  http::Nullable<ChatMessage> lastMessage;
  std::int64_t unreadCount = 0;
  std::int64_t mentionCount = 0;
  OwnState me;
};
BOOST_DESCRIBE_STRUCT(Conversation, (),
                      (id, visibility, historyMode, name, description, memberCount, createdAt, updatedAt, archivedAt,
                       lastMessage, unreadCount, mentionCount, me))

struct PageInfo {
  http::Nullable<std::string> nextCursor;
  http::Nullable<std::string> prevCursor;
  bool hasMore = false;
};
BOOST_DESCRIBE_STRUCT(PageInfo, (), (nextCursor, prevCursor, hasMore))

struct MessagePageInfo {
  http::Nullable<std::string> nextCursor;
  http::Nullable<std::string> prevCursor;
  bool hasMore = false;
  bool hasMoreBefore = false;
  bool hasMoreAfter = false;
};
BOOST_DESCRIBE_STRUCT(MessagePageInfo, (), (nextCursor, prevCursor, hasMore, hasMoreBefore, hasMoreAfter))

struct MessageList {
  std::vector<ChatMessage> data;
  MessagePageInfo page;
};
BOOST_DESCRIBE_STRUCT(MessageList, (), (data, page))

struct FoundMessages {
  std::vector<ChatMessage> data;
  PageInfo page;
};
BOOST_DESCRIBE_STRUCT(FoundMessages, (), (data, page))

struct ConversationList {
  std::vector<Conversation> data;
  PageInfo page;
};
BOOST_DESCRIBE_STRUCT(ConversationList, (), (data, page))

struct SharedAttachment {
  std::string id;
  std::string fileName;
  std::string contentType;
  std::int64_t size = 0;
  std::string url;
  std::string messageId;
  std::string senderId;
  std::string createdAt;
};
BOOST_DESCRIBE_STRUCT(SharedAttachment, (), (id, fileName, contentType, size, url, messageId, senderId, createdAt))

struct AttachmentList {
  std::vector<SharedAttachment> data;
  PageInfo page;
};
BOOST_DESCRIBE_STRUCT(AttachmentList, (), (data, page))

struct ConversationMember {
  std::string userId;
  RoleName role = RoleName::member;
  std::string joinedAt;
};
BOOST_DESCRIBE_STRUCT(ConversationMember, (), (userId, role, joinedAt))

struct ReadState {
  std::string conversationId;
  http::Nullable<std::string> lastReadMessageId;
  std::int64_t unreadCount = 0;
  std::int64_t mentionCount = 0;
};
BOOST_DESCRIBE_STRUCT(ReadState, (), (conversationId, lastReadMessageId, unreadCount, mentionCount))

struct Preferences {
  bool starred = false;
  http::Nullable<std::string> muteUntil;
  NotifyLevel notifyLevel = NotifyLevel::all;
};
BOOST_DESCRIBE_STRUCT(Preferences, (), (starred, muteUntil, notifyLevel))

struct ConnectionToken {
  std::string token;
  std::string expiresAt;
};
BOOST_DESCRIBE_STRUCT(ConnectionToken, (), (token, expiresAt))

struct SubscriptionToken {
  std::string token;
  std::string channel;
  std::string expiresAt;
};
BOOST_DESCRIBE_STRUCT(SubscriptionToken, (), (token, channel, expiresAt))

struct UploadTicket {
  std::string uploadId;
  std::string uploadUrl;
  std::string method;
  std::map<std::string, std::string> headers;
  std::string expiresAt;
};
BOOST_DESCRIBE_STRUCT(UploadTicket, (), (uploadId, uploadUrl, method, headers, expiresAt))

struct FinishedUpload {
  Attachment attachment;
};
BOOST_DESCRIBE_STRUCT(FinishedUpload, (), (attachment))

struct ErrorBody {
  std::string code;
  std::string message;
  std::optional<boost::json::value> details;
};
BOOST_DESCRIBE_STRUCT(ErrorBody, (), (code, message, details))

struct ErrorEnvelope {
  ErrorBody error;
};
BOOST_DESCRIBE_STRUCT(ErrorEnvelope, (), (error))

/// Ids in a body; invalid_argument on `field` where `text` is none.
Result<ConversationId> conversation_id_of(std::string_view text, std::string_view field = "conversationId");
Result<MessageId> message_id_of(std::string_view text, std::string_view field = "messageId");
Result<FileId> file_id_of(std::string_view text, std::string_view field);

/// `limit` of a list: 1 to 100, 50 where there is none. invalid_argument on "limit".
Result<std::int64_t> limit_of(std::optional<std::int64_t> const& limit);

model::HistoryMode history_mode_of(std::optional<HistoryMode> const& mode);
model::NotifyLevel notify_level_of(NotifyLevel level);
NotifyLevel notify_level_name_of(model::NotifyLevel level);

/// muteUntil: null where `time` is 0.
http::Nullable<std::string> optional_time(Timestamp time);

/// One message, one conversation: 200, or `status`.
http::Response message_reply(model::Message const& message);
http::Response conversation_reply(core::ConversationView const& view, int status = 200);
void write_view(JsonWriter& out, core::ConversationView const& view);

/// `{"data":[…],"page":{…}}` begins with begin_list; the entries follow, then end_list.
void begin_list(JsonWriter& out);
/// Cursors that are empty are null.
void end_list(JsonWriter& out, std::string_view next_cursor, std::string_view prev_cursor);

}  // namespace parlance::conversations
