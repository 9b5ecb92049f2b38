#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "model/message.h"
#include "storage/transaction.h"

namespace parlance::core {

/// Which rows elsewhere belong to a message: bits of messages.parts.
enum Parts : std::int64_t {
  kHasAttachments = 1,
  kHasReactions = 2,
  kHasMentions = 4,
  kIsPinned = 8,
};

/// "SELECT … FROM messages m JOIN users u" up to the WHERE, in the order that MessageRow reads it.
inline constexpr std::string_view kSelectMessages =
    "SELECT m.id, m.tenant_id, m.conversation_id, m.seq, m.added_offset, m.sender_id, u.external_id, m.text, m.style,"
    " m.marks, m.meta, m.reply_to, m.client_id, m.xid, m.previews, m.parts, m.created_at, m.edited_at, m.deleted_at"
    " FROM messages m LEFT JOIN users u ON u.tenant_id = m.tenant_id AND u.id = m.sender_id ";

/// A message as its own row has it, and what else there is to read of it.
struct MessageRow {
  model::Message message;
  std::int64_t parts = 0;
};
MessageRow message_row_from(storage::Row const& row);

/// Reads attachments, reactions and mentions of those rows that have some, in a few statements however many rows.
Result<std::vector<model::Message>> complete_messages(storage::Transaction& tx, TenantId tenant,
                                                      std::vector<MessageRow> rows);

/// Sets or clears one bit of messages.parts.
Result<void> set_part(storage::Transaction& tx, TenantId tenant, MessageId id, Parts part, bool present);

}  // namespace parlance::core
