#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "core/caller.h"
#include "core/permissions.h"
#include "model/message.h"
#include "storage/transaction.h"

namespace parlance::core {

/// Users whom a message mentions.
struct Mentioned {
  std::vector<UserId> users;
  std::vector<std::string> external_ids;  ///< of `users`, in their order
};

/// Whom a message mentions: `named`, which must be users of the tenant, and the author of what it replies to, without
/// the sender. invalid_argument on "reply_to" where that is not a message of the conversation that the sender can see.
Result<Mentioned> mentions_of(storage::Transaction& tx, Encounter const& encounter, UserId sender, MessageId reply_to,
                              std::vector<UserId> const& named);
Result<void> insert_mentions(storage::Transaction& tx, model::Message const& message,
                             std::vector<UserId> const& mentions);
/// Those who stay mentioned keep their read mark.
Result<void> replace_mentions(storage::Transaction& tx, model::Message& message, Mentioned mentioned);

/// The attachments with what their files say of themselves. invalid_argument on "attachments[i]" for an empty target,
/// or a file that the caller may not use or whose content is not there yet.
Result<std::vector<model::Attachment>> check_attachments(storage::Transaction& tx, Caller const& caller,
                                                         std::vector<model::Attachment> attachments);
Result<void> insert_attachments(storage::Transaction& tx, model::Message const& message);
Result<void> replace_attachments(storage::Transaction& tx, model::Message const& message);

/// Deletes the rows that belong to a message: attachments, mentions, reactions, pins.
Result<void> remove_parts(storage::Transaction& tx, model::Message const& message);

}  // namespace parlance::core
