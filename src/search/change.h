#pragma once

#include <string>

#include "base/clock.h"
#include "base/ids.h"
#include "storage/row.h"

namespace parlance::search {

/// What the index is to hold of a message from now on.
struct Change {
  MessageId message;
  TenantId tenant;
  ConversationId conversation;  ///< none: the message is gone
  std::string text;
  UserId sender;
  Timestamp created_at = 0;
};

/// The columns that change_from() reads.
inline constexpr char kChangeColumns[] = "m.tenant_id, m.conversation_id, m.text, m.sender_id, m.created_at";

/// From the row's columns `first` and following. All NULL, as of an outer join, is a message that is gone.
inline Change change_from(storage::Row const& row, MessageId message, int first) {
  return {message,
          row.id<TenantId>(first),
          row.id<ConversationId>(first + 1),
          std::string(row.text(first + 2)),
          row.id<UserId>(first + 3),
          row.integer(first + 4)};
}

}  // namespace parlance::search
