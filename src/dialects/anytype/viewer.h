#pragma once

#include <cstdint>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "core/caller.h"
#include "core/permissions.h"
#include "core/reads.h"
#include "dialects/anytype/wire.h"
#include "model/interval_set.h"
#include "model/message.h"
#include "realtime/stream.h"
#include "storage/transaction.h"

namespace parlance::anytype {

/// What a chat is to one user at one position of its event stream.
struct Viewer {
  realtime::StreamPosition position;
  std::int64_t visible_after = 0;  ///< messages up to this seq are hidden from the user
  std::int64_t newest_offset = 0;  ///< event offset of the newest message; 0 where there is none
  model::IntervalSet read;
  core::Unread unread;

  bool may_see(std::int64_t seq) const { return seq > visible_after; }
};

Result<Viewer> read_viewer(storage::Transaction& tx, core::Caller const& caller, core::Encounter const& encounter);

/// {"messages","mentions","last_state_id"?,"order"}: the contract's state. `order` is the offset of the newest event,
/// so it grows with whatever changes the state.
void write_state(JsonWriter& out, Viewer const& viewer);

/// The flags of a message; `has_unread_mention` matters only where it mentions the user.
MessageFlags flags_of(model::Message const& message, UserId user, model::IntervalSet const& read,
                      bool has_unread_mention);

/// The flags of many messages of one chat, in their order, in one look at the mentions.
Result<std::vector<MessageFlags>> read_flags(storage::Transaction& tx, core::Caller const& caller, ConversationId chat,
                                             model::IntervalSet const& read,
                                             std::vector<model::Message> const& messages);

/// The user's read set of an encounter; empty where there is no row.
model::IntervalSet read_set_of(core::Encounter const& encounter);

}  // namespace parlance::anytype
