#pragma once

#include <optional>
#include <vector>

#include "base/clock.h"
#include "base/ids.h"
#include "base/result.h"
#include "core/caller.h"
#include "core/paging.h"
#include "core/permissions.h"
#include "core/reads.h"
#include "model/message.h"
#include "storage/transaction.h"

namespace parlance::core {

/// A conversation as its caller has it in a list. Of one that everybody in the tenant is in, member_count is how many
/// that are.
struct ConversationView {
  model::Conversation conversation;
  std::optional<model::Member> member;  ///< the caller's row, if there is one
  Unread unread;
  std::optional<model::Message> last_message;  ///< the newest one that is not deleted and that the caller may see
  MessageId last_read_message;                 ///< up to which everything is read
};

/// For a conversation that the caller has met.
Result<ConversationView> view_conversation(storage::Transaction& tx, Caller const& caller, Encounter const& encounter);

/// Where a conversation stands in the list: by its newest message, or its creation before there is one.
struct SidebarPlace {
  Timestamp active_at = 0;
  ConversationId id;
};
SidebarPlace sidebar_place(model::Conversation const& conversation);

enum class Archived { skip, keep };

/// The caller's conversations, newest activity first: those it is in by a row, and the global channels of its tenant
/// that it has not left. No streams. Views are made by view_conversation.
Result<std::vector<Encounter>> list_sidebar(storage::Transaction& tx, Caller const& caller,
                                            Stretch<SidebarPlace> const& stretch, Archived archived);

/// A conversation whose messages are the caller's to find, and the seq up to which they are not.
struct Searchable {
  ConversationId id;
  std::int64_t hidden_through = 0;
};

/// All that the list above has, archived ones included, by id.
Result<std::vector<Searchable>> list_searchable(storage::Transaction& tx, Caller const& caller);

}  // namespace parlance::core
