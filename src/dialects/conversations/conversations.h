#pragma once

#include "base/task.h"
#include "dialects/conversations/operation.h"
#include "http/response.h"

namespace parlance::conversations {

/// list-conversations: the caller's own and the global channels, latest activity first.
Task<Result<http::Response>> list_conversations(Dialect& dialect, Call& call);
/// create-conversation: 201, or 200 with the dm that the two have already.
Task<Result<http::Response>> create_conversation(Dialect& dialect, Call& call);
/// get-conversation
Task<Result<http::Response>> get_conversation(Dialect& dialect, Call& call);
/// update-conversation: name and description; admins only. A visibility that differs is a conversion.
Task<Result<http::Response>> update_conversation(Dialect& dialect, Call& call);
/// archive-conversation: admins only; nothing can be written in it from then on.
Task<Result<http::Response>> archive_conversation(Dialect& dialect, Call& call);
/// convert-conversation: a group becomes a private channel; conflict for all else.
Task<Result<http::Response>> convert_conversation(Dialect& dialect, Call& call);

}  // namespace parlance::conversations
