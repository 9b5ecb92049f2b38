#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "realtime/stream.h"

/// The three positions that clients of this dialect hold. Each sorts bytewise as it sorts by number.
namespace parlance::anytype {

/// `order_id`: a message's place in its chat, by seq. One character for how many digits follow, then the digits, most
/// significant first, in base 64 over "-0-9A-Z_a-z", which ascends in ASCII and needs no escape anywhere.
std::string format_order_id(std::int64_t seq);

/// The last seq whose order id is not above `text` in byte order, whatever `text` is; 0 where there is none. Cursors
/// are compared as strings, so that an unknown one is no error.
std::int64_t last_seq_up_to(std::string_view text);

/// The first seq whose order id is not below `text`.
std::int64_t first_seq_from(std::string_view text);

/// `state_id`: the event that added a message, as 24 hex digits.
std::string format_state_id(std::int64_t offset);

/// The last event offset whose state id is not above `text` in byte order; 0 where there is none.
std::int64_t last_offset_up_to(std::string_view text);

/// `id:` of a stream's events: 24 hex digits, 8 of the epoch and 16 of the offset. Its first half is zero in a state
/// id, which thereby is a position of whatever epoch there is.
std::string format_position(realtime::StreamPosition position);
std::optional<realtime::StreamPosition> parse_position(std::string_view text);

}  // namespace parlance::anytype
