#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "api/blocking_pool.h"
#include "base/result.h"
#include "base/task.h"
#include "files/blob_store.h"
#include "http/multipart.h"
#include "http/request.h"

namespace parlance::api {

/// The multipart form of an upload on its way to the disk: one part `file`, at most one `type`, others are passed over.
/// Blocks on I/O. One thread at a time. Until finish() nothing is kept.
class UploadForm {
 public:
  /// Errors as MultipartParser::create.
  static Result<UploadForm> create(std::string_view content_type, files::BlobStore& store, std::int64_t limit);

  /// The next piece of the body. payload_too_large past the limit; invalid_argument for a malformed form.
  Result<void> take(std::string_view piece);

  /// The body has ended. invalid_argument on "file" where there was none.
  Result<files::Blob> finish();

  /// As the client calls it, without directories.
  std::string const& file_name() const { return file_name_; }
  /// file, image, video, audio or pdf; file where the form says nothing, or nothing known.
  std::string_view type() const;

 private:
  enum class Part { none, file, type, other };

  UploadForm(http::MultipartParser parser, files::BlobStore& store, std::int64_t limit)
      : parser_(std::move(parser)), store_(&store), limit_(limit) {}

  Result<void> begin(http::PartHeader const& part);
  Result<void> add(std::string_view data);

  http::MultipartParser parser_;
  files::BlobStore* store_;
  std::int64_t limit_;
  Part part_ = Part::none;
  std::unique_ptr<files::BlobWriter> writer_;
  std::string file_name_;
  std::string type_;
};

/// Takes the whole body to the disk, piece by piece. A route that streams its body.
Task<Result<files::Blob>> receive(BlockingPool& disk, http::Request& request, UploadForm& form);

}  // namespace parlance::api
