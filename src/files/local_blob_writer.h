#pragma once

#include <memory>
#include <string>

#include "files/local_blob_store.h"

struct evp_md_ctx_st;

namespace parlance::files {

/// Writes a temporary file, and its digest along the way.
class LocalBlobWriter final : public BlobWriter {
 public:
  static Result<std::unique_ptr<BlobWriter>> open(LocalBlobStore& store, std::int64_t limit);

  ~LocalBlobWriter() override;

  Result<void> write(std::string_view bytes) override;
  Result<Blob> finish() override;

 private:
  struct FreeDigest {
    void operator()(evp_md_ctx_st* digest) const;
  };

  LocalBlobWriter(LocalBlobStore& store, std::int64_t limit);

  void discard();

  LocalBlobStore& store_;
  std::int64_t limit_;
  std::string path_;  // empty once the file is gone or published
  Descriptor file_;
  std::unique_ptr<evp_md_ctx_st, FreeDigest> digest_;
  std::string head_;  // for the media type
  std::int64_t size_ = 0;
};

}  // namespace parlance::files
