#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/ids.h"
#include "base/json.h"
#include "model/conversation.h"
#include "model/event.h"
#include "model/member.h"
#include "model/message.h"
#include "realtime/signal.h"

/// The JSON of the Conversations contract: its REST replies and the events on its realtime channels share one shape.
/// Ids of conversations and messages are decimal strings, those of users external ids; times RFC 3339. Any thread.
namespace parlance::api {

/// `{id, conversationId, seq, senderId, content, clientMsgId?, replyToId?, mentions[], attachments[], linkPreviews[],
/// reactions[{emoji, userIds[], count}], pinned, createdAt, editedAt|null, deletedAt|null}`. A deleted message has
/// content null.
void write_chat_message(JsonWriter& out, model::Message const& message);
std::string chat_message_json(model::Message const& message);

/// `{id, fileName, contentType, size, url}`; a link has only its url.
void write_chat_attachment(JsonWriter& out, model::Attachment const& attachment);

/// Where the content of a file is downloaded from, relative to the server.
std::string attachment_url(FileId id);

/// A conversation as one user sees it.
struct ChatConversation {
  model::Conversation conversation;
  std::optional<model::Member> member;         ///< the user's own row
  std::optional<model::Message> last_message;  ///< visible to the user
  std::int64_t unread_count = 0;
  std::int64_t mention_count = 0;
  MessageId last_read_message;
};

/// `{id, visibility, historyMode, name|null, description|null, memberCount, createdAt, updatedAt, archivedAt|null,
/// lastMessage|null, unreadCount, mentionCount, me:{role, starred, muteUntil|null, notifyLevel,
/// lastReadMessageId|null}}`
void write_chat_conversation(JsonWriter& out, ChatConversation const& view);

/// The part that is the same for everybody: up to archivedAt. What events carry.
void write_conversation_facts(JsonWriter& out, model::Conversation const& conversation);

/// "dm", "group", "private", "global". What other dialects made is one of them too.
std::string_view visibility_name(model::Conversation const& conversation);
std::string_view history_mode_name(model::HistoryMode mode);   ///< "full", "since_join"
std::string_view notify_level_name(model::NotifyLevel level);  ///< "all", "mentions", "everyone", "none"

/// `{type, data}` for the channel of the event's conversation (message.created, read.updated…), or of the user whose
/// stream it is in (conversation.added, mention…). Empty for what the contract has no event for.
std::string chat_event_json(model::LiveEvent const& live);

/// `{type, data}` of a signal: typing, presence.updated, notification.
std::string chat_signal_json(realtime::Signal const& signal);

}  // namespace parlance::api
