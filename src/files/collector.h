#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "files/blob_store.h"
#include "model/file.h"

namespace parlance::files {

/// How long an upload may wait for a message that refers to it.
inline constexpr Timestamp kDefaultGrace = kDay;

/// How soon after its blob the row of an upload is there. Whoever has deleted rows waits so long before it asks whether
/// their blobs are still used: somebody else may have stored an equal one just before.
inline constexpr std::chrono::milliseconds kRowFollows{1'000};

/// Whether any row of any tenant refers to the blob. A transaction of its own.
using IsBlobUsed = std::function<Result<bool>(std::string_view digest)>;

/// What the collector must know of the rows that refer to blobs. An error ends the collector's work.
struct FileRows {
  /// Deletes rows of files that no message refers to and that are older than `before`, at most `limit`, and returns
  /// them; none where no more are left.
  std::function<Result<std::vector<model::File>>(Timestamp before, std::int64_t limit)> collect;

  IsBlobUsed is_used;
};

struct Collected {
  std::int64_t files = 0;  ///< rows
  std::int64_t blobs = 0;
};

/// Removes files that no message refers to and their blobs, as far as nothing else uses those; both only where they
/// are older than `before`. Stops at the first error; what was done stays done. One thread, blocking.
Result<Collected> collect_files(BlobStore& store, FileRows const& rows, Timestamp before);

/// Removes those of the blobs that no row refers to and that were stored before `before`. Returns how many. Blocking.
Result<std::int64_t> remove_unused_blobs(BlobStore& store, IsBlobUsed const& is_used,
                                         std::vector<std::string> const& digests, Timestamp before);

/// Removes blobs older than `before` without any row: uploads that never got one, and what a crash in the middle of
/// collect_files() has left. Looks at every blob; once a day is plenty. Returns how many.
Result<std::int64_t> sweep_blobs(BlobStore& store, FileRows const& rows, Timestamp before);

}  // namespace parlance::files
