#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/ids.h"

namespace parlance::model {

/// Look of the whole message. The numbers are stored.
enum class TextStyle {
  paragraph = 0,
  header1,
  header2,
  header3,
  header4,
  quote,
  code,
  title,
  checkbox,
  marked,
  numbered,
  toggle,
  description,
  callout,
};

struct Reaction {
  UserId user;
  std::string emoji;
  std::string external_id;  ///< of the user
};

enum class AttachmentKind { file = 0, image = 1, link = 2 };

/// A file of ours, or any other target by its text.
struct Attachment {
  AttachmentKind kind = AttachmentKind::file;
  FileId file;         ///< none for a link
  std::string target;  ///< as the sender spelled it

  /// Of the file, where it is one of ours.
  std::string name;
  std::string media_type;
  std::int64_t size = 0;
};

/// A deleted message keeps its place and its id and has no text, marks, meta, attachments, reactions or previews.
struct Message {
  MessageId id;
  TenantId tenant;
  ConversationId conversation;
  std::int64_t seq = 0;           ///< 1.. in the conversation, without gaps
  std::int64_t added_offset = 0;  ///< event offset at which it was added
  UserId sender;
  std::string sender_external_id;
  std::string text;
  TextStyle style = TextStyle::paragraph;
  std::string marks;  ///< JSON array of {type, from, to, param?}, offsets in UTF-16 units; empty where none
  std::string meta;   ///< any JSON value, as the sender wrote it; empty where none
  MessageId reply_to;
  std::string client_id;
  std::string xid;
  std::string previews;  ///< JSON array of link previews; empty where none
  bool pinned = false;
  Timestamp created_at = 0;
  Timestamp edited_at = 0;   ///< 0 = never
  Timestamp deleted_at = 0;  ///< 0 = it is not
  std::vector<Attachment> attachments;
  std::vector<Reaction> reactions;                ///< in the order in which they were added
  std::vector<UserId> mentions;                   ///< users it mentions, the author of the message replied to included
  std::vector<std::string> mention_external_ids;  ///< of `mentions`, in their order
};

}  // namespace parlance::model
