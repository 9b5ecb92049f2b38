#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/clock.h"
#include "base/ids.h"
#include "model/conversation.h"
#include "model/message.h"

namespace parlance::model {

/// What has changed. The numbers are stored; those from 100 on are announced but never stored (their offset is 0).
enum class EventKind {
  message_added = 1,
  message_edited = 2,
  message_deleted = 3,
  message_previewed = 4,  ///< link previews have arrived
  reaction_added = 5,     ///< subject = who; data = the emoji
  reaction_removed = 6,
  message_pinned = 7,
  message_unpinned = 8,
  member_added = 9,  ///< subject = whom; data = the role
  member_removed = 10,
  member_left = 11,
  member_updated = 12,  ///< data = the new role
  read_moved = 13,      ///< subject = whose; data = the member's read set
  conversation_created = 14,
  conversation_updated = 15,
  conversation_archived = 16,
  publication = 17,  ///< data = {"data", "tags"?} as the tenant's own backend has published them
  personal = 18,     ///< in a user's own stream: what has happened elsewhere (core/personal.h)

  delivered_moved = 100,       ///< subject = whose; seq = acknowledged up to
  notification_created = 101,  ///< wakes the delivery worker
  user_changed = 102,          ///< subject = who: drop cached copies
  tenant_changed = 103,
  job_added = 104,      ///< wakes the job runner
  sight_changed = 105,  ///< who may see some of the tenant's conversations has changed, and their logs do not say so
};

/// One step of a conversation's log: names what changed and refers to it, without a copy of its content.
struct Event {
  TenantId tenant;
  ConversationId conversation;
  std::int64_t offset = 0;  ///< 1.. in the conversation, without gaps; 0 where the event is not stored
  std::int64_t epoch = 0;   ///< of the conversation
  EventKind kind = EventKind::message_added;
  MessageId message;
  std::int64_t seq = 0;  ///< of the message, or as the kind says
  UserId actor;
  UserId subject;
  std::string subject_external_id;
  std::string data;
  Timestamp created_at = 0;
};

/// An event as it leaves the transaction that made it, with the state after it, so that live delivery reads nothing.
struct LiveEvent {
  Event event;
  std::shared_ptr<Message const> message;            ///< set where event.message is
  std::shared_ptr<Conversation const> conversation;  ///< after it, of conversation_… and personal events
};

}  // namespace parlance::model
