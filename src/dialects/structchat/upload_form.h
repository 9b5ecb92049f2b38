#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "files/blob_store.h"
#include "http/multipart.h"

namespace parlance::structchat {

/// The multipart form of an upload on its way to the disk: one part `file`; others are passed over. Blocks on I/O. One
/// thread at a time. Until finish() nothing is kept.
class UploadForm {
 public:
  /// Errors as MultipartParser::create.
  static Result<UploadForm> create(std::string_view content_type, files::BlobStore& store, std::int64_t limit);

  /// The next piece of the body. payload_too_large past the limit; invalid_argument for a malformed form.
  Result<void> take(std::string_view piece);

  /// The body has ended. invalid_argument on "file" where there was none.
  Result<files::Blob> finish();

  /// As the client calls it, without directories and control characters.
  std::string const& file_name() const { return file_name_; }

 private:
  UploadForm(http::MultipartParser parser, files::BlobStore& store, std::int64_t limit)
      : parser_(std::move(parser)), store_(&store), limit_(limit) {}

  Result<void> begin(http::PartHeader const& part);

  http::MultipartParser parser_;
  files::BlobStore* store_;
  std::int64_t limit_;
  bool is_in_file_ = false;
  std::unique_ptr<files::BlobWriter> writer_;
  std::string file_name_;
};

}  // namespace parlance::structchat
