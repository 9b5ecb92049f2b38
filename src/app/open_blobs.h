#pragma once

#include <memory>
#include <stop_token>

#include "app/config.h"
#include "base/result.h"
#include "files/blob_store.h"
#include "files/direct_transfer.h"
#include "files/media_type.h"

namespace parlance::app {

/// The store of contents, and its other face where clients reach it by themselves.
struct OpenBlobs {
  std::unique_ptr<files::BlobStore> store;
  files::DirectTransfer* direct = nullptr;
};

/// Opens the bucket that the configuration names, or files in the data directory; once `cut_off` is asked for, nothing
/// waits for the bucket any more. The error is a sentence for the operator.
Result<OpenBlobs> open_blobs(Config const& config, files::MediaTypes& media_types, std::stop_token cut_off = {});

}  // namespace parlance::app
