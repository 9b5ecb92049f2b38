#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "files/blob_store.h"

namespace parlance::files {

/// How a client puts a content where the store is, without passing through this server.
struct DirectUpload {
  std::string url;
  std::vector<std::pair<std::string, std::string>> headers;  ///< to be sent as they are; the signature covers them
};

/// What a store that clients can reach by themselves does beside BlobStore. Any thread.
class DirectTransfer {
 public:
  virtual ~DirectTransfer() = default;

  /// A URL that takes one content of exactly that size and type under `name` until it expires. Does not block.
  virtual DirectUpload sign_upload(std::string_view name, std::int64_t size, std::string_view media_type,
                                   Timestamp lifetime) = 0;

  /// Makes a blob of what was uploaded under `name`, and clears it away there. Blocks. Error: not_found where nothing
  /// was; payload_too_large past `limit`; unavailable.
  virtual Result<Blob> take_in(std::string_view name, std::int64_t limit) = 0;

  /// A URL that gives a blob until it expires, with these response headers. Does not block.
  virtual std::string sign_download(std::string_view digest, std::string_view media_type,
                                    std::string_view content_disposition, Timestamp lifetime) = 0;
};

}  // namespace parlance::files
