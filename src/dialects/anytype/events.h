#pragma once

#include <string_view>
#include <vector>

#include "dialects/anytype/viewer.h"
#include "dialects/anytype/wire.h"
#include "http/outlet.h"
#include "model/message.h"
#include "realtime/delivery.h"
#include "realtime/stream.h"

/// The contract's server-sent events, as whole blocks: `id:` where the event moves the stream's position, `event:`,
/// `data:`, an empty line. What many streams get is encoded once for each set of flags. Any thread.
namespace parlance::anytype {

/// add, update, delete or reactions; null for what the contract has no event for, and for what is about a message that
/// has been deleted since. `reactions` carries the whole message, as the others do: a superset of the original's.
http::SharedBuffer event_block(realtime::Delivery const& delivery, MessageFlags flags);

/// state, with the position that the stream has reached.
http::SharedBuffer state_block(realtime::StreamPosition position, Viewer const& viewer);

enum class Start {
  fresh,    ///< nothing was asked for but the newest messages
  resumed,  ///< what was missed follows
  reset,    ///< a position was asked for, or reached, that cannot be followed from: begin anew. `"reset":true`
};

/// initial. Without messages where it is resumed: what was missed follows.
http::SharedBuffer initial_block(Start start, realtime::StreamPosition position, Viewer const& viewer,
                                 std::vector<model::Message> const& messages, std::vector<MessageFlags> const& flags);

/// ping, whose data line is empty.
http::SharedBuffer ping_block();

}  // namespace parlance::anytype
