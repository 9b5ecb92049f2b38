#pragma once

#include "base/task.h"
#include "dialects/conversations/operation.h"
#include "http/response.h"

namespace parlance::conversations {

/// send-message: 200 the message, once it is durable. The same clientMsgId of the same sender in the same conversation
/// gives the first message again, and nothing is told twice.
Task<Result<http::Response>> send_message(Dialect& dialect, Call& call);
/// edit-message: the author only.
Task<Result<http::Response>> edit_message(Dialect& dialect, Call& call);
/// delete-message: its author or a moderator; 200 the tombstone, which keeps the place.
Task<Result<http::Response>> delete_message(Dialect& dialect, Call& call);
/// add-reaction, remove-reaction: the caller's own; doing it twice changes nothing.
Task<Result<http::Response>> add_reaction(Dialect& dialect, Call& call);
Task<Result<http::Response>> remove_reaction(Dialect& dialect, Call& call);
/// pin-message, unpin-message: any participant.
Task<Result<http::Response>> pin_message(Dialect& dialect, Call& call);
Task<Result<http::Response>> unpin_message(Dialect& dialect, Call& call);
/// send-typing: told to whoever is connected now, never stored; rate_limited where it comes too often.
Task<Result<http::Response>> send_typing(Dialect& dialect, Call& call);

}  // namespace parlance::conversations
