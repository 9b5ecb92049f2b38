#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "core/caller.h"
#include "model/message.h"
#include "storage/transaction.h"

/// Messages that nobody but their author sees until they are sent. A draft is in no log and no event; it has the id
/// already that the message will have.
namespace parlance::core {

struct Draft {
  MessageId id;
  ConversationId conversation;
  UserId author;
  std::string text;  ///< as it was written; its code is not hidden here
  Timestamp created_at = 0;
};

/// Needs Action::send.
Result<Draft> save_draft(storage::Transaction& tx, Caller const& caller, ConversationId conversation,
                         std::string_view text);

/// The caller's own; empty where there is none such.
Result<std::optional<Draft>> find_draft(storage::Transaction& tx, Caller const& caller, ConversationId conversation,
                                        MessageId id);
Result<std::vector<Draft>> list_drafts(storage::Transaction& tx, Caller const& caller, ConversationId conversation);

/// A program in it that still says kHiddenCode stays what it was. Conflict where it was sent since it was read.
Result<Draft> change_draft(storage::Transaction& tx, Caller const& caller, Draft draft, std::string_view text);

/// Makes it a message, the newest of its conversation. Errors as of send_message; conflict where it was
/// sent since it was read.
Result<model::Message> send_draft(storage::Transaction& tx, Caller const& caller, Draft const& draft);

}  // namespace parlance::core
