#pragma once

#include <chrono>
#include <cstdint>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "base/ids.h"
#include "base/result.h"
#include "files/blob_store.h"
#include "files/collector.h"
#include "jobs/bell.h"
#include "model/file.h"
#include "storage/read_pool.h"
#include "storage/write_lane.h"

namespace parlance::jobs {

struct FileCollectionOptions {
  /// How long an upload may wait for a message that refers to it, and a blob for its row.
  std::chrono::milliseconds grace{files::kDefaultGrace / 1000};

  /// The time from one pass to the next, whoever makes them. Each looks at every file.
  std::chrono::milliseconds period{std::chrono::hours(24)};

  /// How often it asks whether it is its turn, at most.
  std::chrono::milliseconds patience{std::chrono::minutes(10)};
};

/// Removes the files that no message refers to, with their blobs, and blobs without a row. Of several nodes over one
/// database, one makes each pass, by a lease that lasts until the next is due; so does a process that starts again.
/// Any thread.
class FileCollection {
 public:
  FileCollection(storage::WriteLanes& lanes, storage::ReadPool& reads, files::BlobStore& blobs,
                 FileCollectionOptions options = {})
      : lanes_(lanes), reads_(reads), blobs_(blobs), options_(options) {}
  FileCollection(FileCollection const&) = delete;
  FileCollection& operator=(FileCollection const&) = delete;
  ~FileCollection() { stop(); }

  void start();
  /// The blob in progress is the last one. Idempotent.
  void stop();

  /// One pass where it is due, on the caller's thread. False where it is not, or another node makes it.
  bool collect_if_due();

 private:
  Result<void> collect();
  files::FileRows rows();
  Result<std::vector<model::File>> delete_unused(Timestamp before, std::int64_t limit, FileId& after);

  storage::WriteLanes& lanes_;
  storage::ReadPool& reads_;
  files::BlobStore& blobs_;
  FileCollectionOptions const options_;
  Bell bell_;
  std::jthread thread_;
};

}  // namespace parlance::jobs
