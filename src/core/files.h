#pragma once

#include <optional>
#include <vector>

#include "base/result.h"
#include "core/caller.h"
#include "model/file.h"
#include "storage/transaction.h"

namespace parlance::core {

/// Writes the row of an upload whose blob is already stored. id and created_at are set by the call.
Result<model::File> add_file(storage::Transaction& tx, Caller const& caller, model::File const& file);

/// By id alone, whatever its state and without a look at permissions. Empty where there is none.
Result<std::optional<model::File>> find_file(storage::Transaction& tx, TenantId tenant, FileId id);

/// By the moment it was added, the same way; of several from that moment the caller's own comes first.
Result<std::optional<model::File>> find_file_of(storage::Transaction& tx, Caller const& caller, Timestamp created_at);

/// Absent, or of another tenant: not_found. Out of the caller's sight (neither its own, nor of a space it is in, nor
/// attached to a message it may see): forbidden.
Result<model::File> get_file(storage::Transaction& tx, Caller const& caller, FileId id);

/// Files of any tenant that no message refers to and that are older than `before`: by id, those behind `after`.
Result<std::vector<model::File>> find_unused_files(storage::Transaction& tx, Timestamp before, FileId after,
                                                   std::int64_t limit);

/// Deletes the row, unless a message refers to the file by now. False where nothing was deleted.
Result<bool> delete_unused_file(storage::Transaction& tx, model::File const& file);

/// True where any file of any tenant still refers to the blob.
Result<bool> is_blob_used(storage::Transaction& tx, std::string_view digest);

}  // namespace parlance::core
