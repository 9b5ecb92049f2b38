#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "core/action_runs.h"
#include "core/caller.h"
#include "model/message.h"
#include "storage/transaction.h"

namespace parlance::core {

/// A text that somebody sends, with its code taken out. This is the only way into messages.text.
struct CodedText {
  std::string text;               ///< as everybody may see it
  std::vector<std::string> code;  ///< of its codeaction blocks, in order
  bool approves = false;          ///< holds an approvecodeaction
  bool has_results = false;       ///< holds a coderesult
};

/// invalid_argument on "text" for too many blocks, or programs together with an approval.
Result<CodedText> take_code(std::string_view text);

/// The same for an edit of `message`. A body that still says kHiddenCode is the code that was there before.
Result<CodedText> take_edited_code(storage::Transaction& tx, model::Message const& message, std::string_view text);

/// Whether `message` is what sending `coded` has led to, runs included.
Result<bool> is_sent_text(storage::Transaction& tx, model::Message const& message, CodedText const& coded);

/// Keeps the programs of a new message and has them previewed.
Result<void> start_code(storage::Transaction& tx, model::Message const& message, CodedText const& coded);

/// Puts the programs of an edit in place of the old ones. Nothing runs.
Result<void> replace_code(storage::Transaction& tx, model::Message const& message, CodedText const& coded);

/// Deletes the programs and results of a message.
Result<void> remove_code(storage::Transaction& tx, TenantId tenant, MessageId message);

/// What the coderesult blocks of a message say.
struct ActionResult {
  RunMode mode = RunMode::preview;
  std::string items = "[]";  ///< JSON array
};

/// Puts a coderesult after each codeaction of the message and notes what they say; message_edited tells of it, though
/// nobody has edited it. Nothing where the message is gone or has no codeaction any more.
Result<void> add_preview(storage::Transaction& tx, TenantId tenant, MessageId message, std::string_view items);

/// Sends a message that is nothing but a result. Errors as of send_message.
Result<model::Message> send_result(storage::Transaction& tx, Caller const& caller, ConversationId conversation,
                                   ActionResult const& result);

/// Those of the messages that have results.
Result<std::unordered_map<MessageId, ActionResult>> read_results(storage::Transaction& tx, TenantId tenant,
                                                                 std::vector<MessageId> const& messages);

}  // namespace parlance::core
