#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "model/conversation.h"
#include "model/message.h"
#include "storage/transaction.h"

/// What was written elsewhere comes into the log with the authors and times that it had there. It is read, searched,
/// replayed and answered like anything else, but nothing follows from its coming: no deliveries, webhooks, link
/// previews or runs of code, nothing in anybody's own stream, nothing published to an external Centrifugo; it counts as
/// read. An xid, unique for conversations in the tenant and for messages in their conversation, says what is here
/// already.
namespace parlance::core {

struct ImportedConversation {
  std::string xid;  ///< 1..255 bytes
  model::ConversationKind kind = model::ConversationKind::channel;
  model::Access access = model::Access::members;
  bool hidden = false;
  std::optional<std::string> name;  ///< cut to kMaxNameBytes
  std::string description;          ///< cut to kMaxDescriptionBytes
  UserId created_by;
  Timestamp created_at = 0;
  Timestamp archived_at = 0;    ///< 0 = it is not
  std::vector<UserId> members;  ///< for a dm exactly two; `created_by` leads where it is among them
  std::vector<ConversationId> parents;
};

enum class ImportOutcome {
  added,
  changed,  ///< it was here, and something was new
  kept,     ///< it was here, and stays as it is
};

struct PutConversation {
  ConversationId id;
  ImportOutcome outcome = ImportOutcome::kept;
};

/// Adds it. One that is here gets the members who are new, and is archived where it was not; everything else stays, so
/// that what people have changed here outlives the next import. A dm between two who have one here is that one.
Result<PutConversation> put_imported_conversation(storage::Transaction& tx, TenantId tenant,
                                                  ImportedConversation const& input);

struct ImportedReaction {
  UserId user;
  std::string emoji;
};

struct ImportedMessage {
  ConversationId conversation;
  std::string xid;  ///< 1..255 bytes
  UserId sender;
  std::string text;  ///< 0..64 KiB of UTF-8; programs in it are hidden and never run
  MessageId reply_to;
  Timestamp created_at = 0;
  Timestamp edited_at = 0;                     ///< 0 = never
  std::vector<model::Attachment> attachments;  ///< links; at most kMaxAttachments
  std::vector<UserId> mentions;                ///< users of the tenant
  std::vector<ImportedReaction> reactions;     ///< beyond kMaxReactionsPerMessage they are left out
};

struct PutMessage {
  MessageId id;
  ImportOutcome outcome = ImportOutcome::kept;
  std::int64_t reactions_added = 0;
};

/// Appends it. One that is here gets the reactions that are new, and its text where it was edited later than here. What
/// was deleted here stays deleted.
Result<PutMessage> put_imported_message(storage::Transaction& tx, TenantId tenant, ImportedMessage const& input);

Result<std::optional<ConversationId>> find_conversation_by_xid(storage::Transaction& tx, TenantId tenant,
                                                               std::string_view xid);
Result<std::optional<MessageId>> find_message_by_xid(storage::Transaction& tx, TenantId tenant,
                                                     ConversationId conversation, std::string_view xid);

/// Has a thread's subject, summary and tags made of what it holds now.
Result<void> summarize_imported(storage::Transaction& tx, TenantId tenant, ConversationId thread);

}  // namespace parlance::core
