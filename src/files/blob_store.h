#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "files/descriptor.h"

namespace parlance::files {

/// A stored content.
struct Blob {
  std::string digest;  ///< SHA-256 as 64 lower-case hex digits: its key
  std::int64_t size = 0;
  std::string media_type;  ///< told by the content, never by the uploader; see media_type.h
};

/// A blob opened for reading. The file stays readable after the blob has been removed.
struct OpenBlob {
  Descriptor file;  ///< a regular file, positioned at its start
  std::int64_t size = 0;
};

/// One content on its way in. One thread at a time. What is not finished leaves nothing behind.
class BlobWriter {
 public:
  BlobWriter() = default;
  BlobWriter(BlobWriter const&) = delete;
  BlobWriter& operator=(BlobWriter const&) = delete;

  /// Discards what was written, unless finish() has succeeded.
  virtual ~BlobWriter() = default;

  /// Appends. Error: payload_too_large past the limit; unavailable where it cannot be stored. The writer is of no use
  /// after an error, and holds no space.
  virtual Result<void> write(std::string_view bytes) = 0;

  /// Makes the blob durable and visible, at once and whole. To be called once, last. Equal contents are stored once.
  virtual Result<Blob> finish() = 0;
};

/// Contents by their digest. Every function blocks on I/O: call from reader or worker threads. Any thread.
///
/// A blob counts as stored when it was last finished: what refers to it must be committed within the grace period of
/// the collector (collector.h).
class BlobStore {
 public:
  BlobStore() = default;
  BlobStore(BlobStore const&) = delete;
  BlobStore& operator=(BlobStore const&) = delete;
  virtual ~BlobStore() = default;

  /// Begins a content of at most `limit` bytes. The writer must not outlive the store. Error: unavailable.
  virtual Result<std::unique_ptr<BlobWriter>> begin(std::int64_t limit) = 0;

  /// Error: not_found, unavailable.
  virtual Result<OpenBlob> open(std::string_view digest) = 0;

  virtual Result<bool> exists(std::string_view digest) = 0;

  /// Removes the blob unless it was stored, or stored again, at `before` or later. False where nothing was removed.
  virtual Result<bool> remove_older(std::string_view digest, Timestamp before) = 0;

  /// Calls `visit` with the digest of every blob that was stored before `before`, in no order; stops at an error of
  /// its and returns it. The visitor may remove blobs.
  virtual Result<void> for_each_older(Timestamp before,
                                      std::function<Result<void>(std::string_view digest)> const& visit) = 0;
};

}  // namespace parlance::files
