#pragma once

#include <memory>
#include <string>

#include "files/blob_store.h"
#include "files/media_type.h"

namespace parlance::files {

/// Blobs as files `<root>/ab/cdef…`, where abcdef… is the digest; what is being written lies in `<root>/tmp`. A blob is
/// synced before it gets its name, and so is the name before finish() returns. Several processes may share the
/// directory.
class LocalBlobStore final : public BlobStore {
 public:
  /// Makes the directory where it is missing, and clears away what was left unfinished a day ago. `media_types` must
  /// outlive the store. Error: unavailable.
  static Result<std::unique_ptr<LocalBlobStore>> open(std::string root, MediaTypes& media_types);

  Result<std::unique_ptr<BlobWriter>> begin(std::int64_t limit) override;
  Result<OpenBlob> open(std::string_view digest) override;
  Result<bool> exists(std::string_view digest) override;
  Result<bool> remove_older(std::string_view digest, Timestamp before) override;
  Result<void> for_each_older(Timestamp before,
                              std::function<Result<void>(std::string_view digest)> const& visit) override;

 private:
  friend class LocalBlobWriter;

  LocalBlobStore(std::string root, MediaTypes& media_types) : root_(std::move(root)), media_types_(media_types) {}

  std::string path_of(std::string_view digest) const;

  /// Gives a synced temporary file its name, durably.
  Result<void> publish(std::string const& temporary, std::string_view digest);

  std::string root_;
  MediaTypes& media_types_;
};

}  // namespace parlance::files
