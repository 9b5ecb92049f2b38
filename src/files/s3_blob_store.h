#pragma once

#include <memory>
#include <string>

#include "files/blob_store.h"
#include "files/direct_transfer.h"
#include "files/local_blob_store.h"
#include "files/s3_client.h"

namespace parlance::files {

/// Blobs as objects `blobs/ab/cdef…` of one bucket, where abcdef… is the digest. What is being written or read passes
/// through a directory of this machine, so that its digest is known and a range can be sent. What clients put by
/// themselves lies under `incoming/` until it is taken in; give that prefix a lifecycle rule of a few days, for uploads
/// that nobody finishes.
///
/// Removing looks first and deletes then: an equal content that is stored in the same moment, by this process or
/// another one, may be lost. The collector's grace period is what keeps the two apart.
class S3BlobStore final : public BlobStore, public DirectTransfer {
 public:
  /// `scratch` is made where it is missing. `media_types` must outlive the store. Errors: as S3Client::create and
  /// LocalBlobStore::open.
  static Result<std::unique_ptr<S3BlobStore>> open(S3Options options, std::string scratch, MediaTypes& media_types);

  Result<std::unique_ptr<BlobWriter>> begin(std::int64_t limit) override;
  Result<OpenBlob> open(std::string_view digest) override;
  Result<bool> exists(std::string_view digest) override;
  Result<bool> remove_older(std::string_view digest, Timestamp before) override;
  Result<void> for_each_older(Timestamp before,
                              std::function<Result<void>(std::string_view digest)> const& visit) override;

  DirectUpload sign_upload(std::string_view name, std::int64_t size, std::string_view media_type,
                           Timestamp lifetime) override;
  Result<Blob> take_in(std::string_view name, std::int64_t limit) override;
  std::string sign_download(std::string_view digest, std::string_view media_type, std::string_view content_disposition,
                            Timestamp lifetime) override;

 private:
  friend class S3BlobWriter;

  S3BlobStore(S3Client client, std::unique_ptr<LocalBlobStore> spool, std::string scratch)
      : client_(std::move(client)), spool_(std::move(spool)), scratch_(std::move(scratch)) {}

  S3Client client_;
  std::unique_ptr<LocalBlobStore> spool_;
  std::string scratch_;
};

}  // namespace parlance::files
