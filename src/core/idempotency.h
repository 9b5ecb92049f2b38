#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "core/caller.h"
#include "storage/transaction.h"

namespace parlance::core {

/// An answer as it was given.
struct StoredAnswer {
  int status = 0;
  std::string content_type;
  std::string body;
};

/// The answer stored under the caller's key; empty where the key is new. idempotency_mismatch where the key was used
/// with another fingerprint (SHA-256 of method, path and body).
Result<std::optional<StoredAnswer>> find_answer(storage::Transaction& tx, Caller const& caller, std::string_view key,
                                                std::string_view fingerprint);

/// Stores the answer in the transaction of what it answers. conflict where another transaction stored one meanwhile:
/// run again, and find_answer will have it.
Result<void> store_answer(storage::Transaction& tx, Caller const& caller, std::string_view key,
                          std::string_view fingerprint, StoredAnswer const& answer);

/// Deletes answers given before `before`, a bounded number at a time; returns how many.
Result<std::int64_t> trim_answers(storage::Transaction& tx, Timestamp before);

}  // namespace parlance::core
