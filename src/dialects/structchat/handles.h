#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "core/caller.h"
#include "model/file.h"
#include "model/message.h"
#include "storage/transaction.h"

/// Uploads are named by the moment of their arrival: `img-<microseconds>`. What came in through another dialect is
/// `file-<id>`.
namespace parlance::structchat {

std::string handle_of(model::File const& file);
std::string handle_of(model::Attachment const& attachment);

/// The upload of that name; not_found where there is none that the caller may see. Of two from the same microsecond it
/// is the caller's own.
Result<model::File> find_upload(storage::Transaction& tx, core::Caller const& caller, std::string_view handle);

/// The uploads as attachments of a message. not_found naming `images` for one that is not there.
Result<std::vector<model::Attachment>> attachments_of(storage::Transaction& tx, core::Caller const& caller,
                                                      std::vector<std::string> const& handles);

}  // namespace parlance::structchat
