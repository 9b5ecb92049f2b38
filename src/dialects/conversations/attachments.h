#pragma once

#include "base/task.h"
#include "dialects/conversations/operation.h"
#include "http/response.h"

namespace parlance::conversations {

/// list-conversation-attachments: the latest first.
Task<Result<http::Response>> list_attachments(Dialect& dialect, Call& call);
/// chat-attachment-upload-ticket: a URL that takes the content, once, of that size and type.
Task<Result<http::Response>> create_upload_ticket(Dialect& dialect, Call& call);
/// chat-attachment-finalize: looks at size, digest and type of what has come, and makes it an attachment; of a message
/// that was sent already where one is named. Doing it twice changes nothing.
Task<Result<http::Response>> finalize_upload(Dialect& dialect, Call& call);

}  // namespace parlance::conversations
