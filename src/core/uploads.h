#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/ids.h"
#include "base/result.h"
#include "core/caller.h"
#include "model/file.h"
#include "storage/transaction.h"

/// Uploads in three steps: a file is reserved, its content arrives, and it is settled. Only then can a message carry
/// it.
namespace parlance::core {

struct NewUpload {
  ConversationId conversation;
  std::string name;        ///< 1..255 bytes
  std::string media_type;  ///< "type/subtype", as the uploader says
  std::int64_t size = 0;   ///< from 1
};

/// Needs Action::send in the conversation.
Result<model::File> reserve_upload(storage::Transaction& tx, Caller const& caller, NewUpload const& input);

/// Notes which blob the content of a reserved file is; a later content takes an earlier one's place. conflict where the
/// file is settled, not_found where there is none.
Result<void> note_content(storage::Transaction& tx, TenantId tenant, FileId id, std::string_view digest);

/// The caller's own upload; not_found where it is absent or somebody else's.
Result<model::File> get_upload(storage::Transaction& tx, Caller const& caller, FileId id);

/// Makes the caller's upload a file. `digest` is the blob that was checked: conflict where another one has arrived
/// meanwhile. Settling twice is fine.
Result<model::File> settle_upload(storage::Transaction& tx, Caller const& caller, FileId id, std::string_view digest);

}  // namespace parlance::core
