#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/ids.h"
#include "base/result.h"
#include "core/caller.h"
#include "core/paging.h"
#include "model/message.h"
#include "storage/transaction.h"

namespace parlance::core {

/// A file in a conversation, and the message that it came with.
struct SharedFile {
  model::Attachment attachment;
  std::int64_t position = 0;  ///< among the message's attachments
  MessageId message;
  std::string sender_external_id;
  Timestamp sent_at = 0;
};

struct SharedFilePlace {
  MessageId message;
  std::int64_t position = 0;
};

/// Files of ours that messages of the conversation carry, newest message first. Needs Action::see.
Result<std::vector<SharedFile>> list_shared_files(storage::Transaction& tx, Caller const& caller, ConversationId id,
                                                  Stretch<SharedFilePlace> const& stretch);

/// Adds a file to a message that its author has sent already, as its last attachment; message_edited tells of it.
/// Attaching twice changes nothing. The author only (forbidden otherwise).
Result<model::Message> attach_file(storage::Transaction& tx, Caller const& caller, ConversationId conversation,
                                   MessageId message, FileId file);

}  // namespace parlance::core
