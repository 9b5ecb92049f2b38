#include "files/collector.h"

#include <string>
#include <unordered_set>

namespace parlance::files {

namespace {

/// Rows deleted by one transaction.
constexpr std::int64_t kRowsTogether = 200;

Result<bool> remove_unused(BlobStore& store, IsBlobUsed const& is_used, std::string_view digest, Timestamp before) {
  if (TRY(is_used(digest))) return false;
  return store.remove_older(digest, before);
}

}  // namespace

Result<Collected> collect_files(BlobStore& store, FileRows const& rows, Timestamp before) {
  Collected collected;
  while (true) {
    auto const files = TRY(rows.collect(before, kRowsTogether));
    if (files.empty()) return collected;
    collected.files += std::ssize(files);
    std::unordered_set<std::string> seen;
    for (auto const& file : files) {
      if (file.digest.empty() || !seen.insert(file.digest).second) continue;
      if (TRY(remove_unused(store, rows.is_used, file.digest, before))) ++collected.blobs;
    }
  }
}

Result<std::int64_t> remove_unused_blobs(BlobStore& store, IsBlobUsed const& is_used,
                                         std::vector<std::string> const& digests, Timestamp before) {
  std::int64_t removed = 0;
  for (auto const& digest : digests)
    if (TRY(remove_unused(store, is_used, digest, before))) ++removed;
  return removed;
}

Result<std::int64_t> sweep_blobs(BlobStore& store, FileRows const& rows, Timestamp before) {
  std::int64_t removed = 0;
  TRY(store.for_each_older(before, [&](std::string_view digest) -> Result<void> {
    if (TRY(remove_unused(store, rows.is_used, digest, before))) ++removed;
    return {};
  }));
  return removed;
}

}  // namespace parlance::files
