#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "core/caller.h"
#include "model/message.h"
#include "storage/transaction.h"

namespace parlance::core {

struct NewMessage {
  ConversationId conversation;
  std::string text;  ///< 1..64 KiB of UTF-8; may be empty only where there are attachments
  model::TextStyle style = model::TextStyle::paragraph;
  std::string marks;  ///< JSON, checked by the dialect against the text
  std::string meta;   ///< JSON
  MessageId reply_to;
  std::string client_id;  ///< unique for sender and conversation; empty = none
  std::string xid;
  MessageId reserved_id;  ///< of a draft: the message takes its id
  std::vector<model::Attachment> attachments;
  std::vector<UserId> mentions;  ///< beside the author of `reply_to`, who is always one
};

struct SentMessage {
  model::Message message;
  bool existed = false;  ///< the client id was used before: this is that message, and nothing has changed
};

/// Appends a message, its event and its jobs. Needs Action::send. A client id used with another text is
/// idempotency_mismatch; a reply_to outside the conversation is invalid_argument. Code blocks (code_blocks.h) are
/// hidden and their programs queued; one that approves what cannot be approved is invalid_argument or conflict on
/// "text".
Result<SentMessage> send_message(storage::Transaction& tx, Caller const& caller, NewMessage const& input);

struct MessageEdit {
  std::optional<std::string> text;
  std::optional<model::TextStyle> style;
  std::optional<std::string> marks;
  std::optional<std::string> meta;
  std::optional<std::vector<model::Attachment>> attachments;
  std::optional<std::vector<UserId>> mentions;
};

/// The author only (forbidden otherwise); a deleted message is not_found. Programs in the text are hidden and kept, but
/// an edit runs nothing.
Result<model::Message> edit_message(storage::Transaction& tx, Caller const& caller, ConversationId conversation,
                                    MessageId id, MessageEdit const& edit);

enum class DeleteRight { author_only, author_or_moderator };

/// Leaves a tombstone without content. Deleting twice is not_found.
Result<model::Message> delete_message(storage::Transaction& tx, Caller const& caller, ConversationId conversation,
                                      MessageId id, DeleteRight right);

}  // namespace parlance::core
