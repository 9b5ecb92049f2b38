#pragma once

#include <optional>
#include <string>

#include "base/result.h"
#include "core/caller.h"
#include "http/request.h"
#include "http/response.h"
#include "storage/transaction.h"

namespace parlance::api {

/// How often a request is run again because another one with its key was committed meanwhile.
inline constexpr int kIdempotencyRetries = 3;

/// The Idempotency-Key of a POST: 1..255 printable ASCII bytes; empty where there is none, or the method is another.
/// invalid_argument naming the header where it is anything else.
Result<std::optional<std::string>> idempotency_key(http::Request const& request);

/// One request's key and what it stands for. Used by perform (await.h), which is what handlers call.
///
/// Answers may hold what is stored nowhere else: a new key or token, a text that is deleted later. So they are sealed
/// with the request's key, of which only a digest is stored.
class IdempotencyGuard {
 public:
  /// Empty where the request has no key. `content` stands for the body where the handler streams it (its digest).
  static Result<std::optional<IdempotencyGuard>> of(http::Request const& request, std::string_view content = {});

  /// The first answer; empty where the key is new. idempotency_mismatch where it was another request's.
  Result<std::optional<http::Response>> find(storage::Transaction& tx) const;

  /// Keeps the answer. conflict where another transaction was faster.
  Result<void> store(storage::Transaction& tx, http::Response const& response) const;

 private:
  core::Caller caller_;
  std::string key_;
  std::string fingerprint_;
};

}  // namespace parlance::api
