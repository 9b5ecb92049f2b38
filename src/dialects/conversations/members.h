#pragma once

#include "base/task.h"
#include "dialects/conversations/operation.h"
#include "http/response.h"

namespace parlance::conversations {

/// add-conversation-member: admins only; 200 the member. Who is in already gets the role, where one is named.
Task<Result<http::Response>> add_member(Dialect& dialect, Call& call);
/// remove-conversation-member: admins only.
Task<Result<http::Response>> remove_member(Dialect& dialect, Call& call);
/// leave-conversation: of a global channel it hides and mutes it for the caller.
Task<Result<http::Response>> leave(Dialect& dialect, Call& call);
/// mark-conversation-read: all up to the message; never moves back.
Task<Result<http::Response>> mark_read(Dialect& dialect, Call& call);
/// update-conversation-preferences: the caller's own star, mute and notify level.
Task<Result<http::Response>> update_preferences(Dialect& dialect, Call& call);

}  // namespace parlance::conversations
