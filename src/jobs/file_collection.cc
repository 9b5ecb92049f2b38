#include "jobs/file_collection.h"

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "base/crypto.h"
#include "base/log.h"
#include "core/files.h"
#include "core/leases.h"

namespace parlance::jobs {
namespace {

constexpr std::int64_t kLaneKey = 0;
constexpr std::string_view kLease = "file collection";
constexpr std::chrono::milliseconds kRest{20};

Timestamp micros(std::chrono::microseconds duration) { return duration.count(); }

std::unexpected<Error> stopping() { return fail(Errc::unavailable, "the server is stopping"); }

}  // namespace

void FileCollection::start() {
  thread_ = std::jthread([this] {
    do {
      collect_if_due();
    } while (!bell_.rest_for(std::min(options_.period, options_.patience)));
  });
}

void FileCollection::stop() {
  bell_.close();
  if (thread_.joinable()) thread_.join();
}

bool FileCollection::collect_if_due() {
  // A holder of its own for every pass: the lease is not given back after it, and its end is when the next is due.
  auto const holder = to_hex(random_bytes(16));
  auto const is_due = lanes_.run(kLaneKey, [&](storage::Transaction& tx) {
    return core::take_lease(tx, kLease, holder, tx.now() + micros(options_.period));
  });
  if (!is_due) log::warn("nobody knows whether unused files are to be collected: {}", is_due.error().message);
  if (!is_due || !*is_due) return false;
  auto const collected = collect();
  if (collected) return true;
  if (!bell_.is_closed()) log::warn("unused files could not be collected: {}", collected.error().message);
  auto const given_back =
      lanes_.run(kLaneKey, [&](storage::Transaction& tx) { return core::return_lease(tx, kLease, holder); });
  if (!given_back) log::warn("unused files stay a period longer: {}", given_back.error().message);
  return true;
}

Result<void> FileCollection::collect() {
  auto const before = now() - micros(options_.grace);
  auto const collected = TRY(files::collect_files(blobs_, rows(), before));
  auto const swept = TRY(files::sweep_blobs(blobs_, rows(), before));
  if (collected.files + swept > 0) {
    log::info("removed {} unused files with {} contents, and {} contents of none", collected.files, collected.blobs,
              swept);
  }
  return {};
}

files::FileRows FileCollection::rows() {
  auto const collect = [this, after = FileId{}](Timestamp before, std::int64_t limit) mutable {
    return delete_unused(before, limit, after);
  };
  auto const is_used = [this](std::string_view digest) -> Result<bool> {
    if (bell_.is_closed()) return stopping();
    return reads_.run([&](storage::Transaction& tx) { return core::is_blob_used(tx, digest); });
  };
  return {.collect = collect, .is_used = is_used};
}

/// The rows behind `after`, which moves on. Found by a reader: writers must not wait while all files are looked
/// through.
Result<std::vector<model::File>> FileCollection::delete_unused(Timestamp before, std::int64_t limit, FileId& after) {
  if (bell_.rest_for(kRest)) return stopping();
  auto unused =
      TRY(reads_.run([&](storage::Transaction& tx) { return core::find_unused_files(tx, before, after, limit); }));
  if (unused.empty()) return unused;
  after = unused.back().id;
  return lanes_.run(kLaneKey, [&](storage::Transaction& tx) -> Result<std::vector<model::File>> {
    std::vector<model::File> deleted;
    for (auto const& file : unused)
      if (TRY(core::delete_unused_file(tx, file))) deleted.push_back(file);
    return deleted;
  });
}

}  // namespace parlance::jobs
