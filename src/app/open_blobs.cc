#include "app/open_blobs.h"

#include <utility>

#include "files/local_blob_store.h"
#include "files/s3_blob_store.h"

namespace parlance::app {

Result<OpenBlobs> open_blobs(Config const& config, files::MediaTypes& media_types, std::stop_token cut_off) {
  if (config.s3_endpoint.empty()) {
    return OpenBlobs{.store = TRY(files::LocalBlobStore::open(config.data + "/files", media_types))};
  }
  files::S3Options options;
  options.endpoint = config.s3_endpoint;
  options.bucket = config.s3_bucket;
  options.key = {config.s3_access_key, config.s3_secret_key, config.s3_region};
  options.cut_off = std::move(cut_off);
  auto store = TRY(files::S3BlobStore::open(std::move(options), config.data + "/spool", media_types));
  auto* const direct = store.get();
  return OpenBlobs{std::move(store), direct};
}

}  // namespace parlance::app
