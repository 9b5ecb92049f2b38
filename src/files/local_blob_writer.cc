#include "files/local_blob_writer.h"

#include <fcntl.h>
#include <openssl/evp.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <utility>

#include "base/crypto.h"
#include "files/system_error.h"

namespace parlance::files {

void LocalBlobWriter::FreeDigest::operator()(evp_md_ctx_st* digest) const { EVP_MD_CTX_free(digest); }

LocalBlobWriter::LocalBlobWriter(LocalBlobStore& store, std::int64_t limit)
    : store_(store), limit_(limit), digest_(EVP_MD_CTX_new()) {
  EVP_DigestInit_ex(digest_.get(), EVP_sha256(), nullptr);
}

Result<std::unique_ptr<BlobWriter>> LocalBlobWriter::open(LocalBlobStore& store, std::int64_t limit) {
  auto writer = std::unique_ptr<LocalBlobWriter>(new LocalBlobWriter(store, limit));
  auto path = store.root_ + "/tmp/upload-XXXXXX";
  writer->file_ = Descriptor(mkostemp(path.data(), O_CLOEXEC));
  if (!writer->file_) return system_failure("making a temporary file");
  writer->path_ = std::move(path);
  return writer;
}

LocalBlobWriter::~LocalBlobWriter() { discard(); }

void LocalBlobWriter::discard() {
  file_ = {};
  if (!path_.empty()) unlink(path_.c_str());
  path_.clear();
}

Result<void> LocalBlobWriter::write(std::string_view bytes) {
  if (!file_) return fail(Errc::internal, "writing to an upload that is over");
  if (std::cmp_greater(bytes.size(), limit_ - size_)) {
    discard();
    return fail(Errc::payload_too_large, "the file is larger than allowed");
  }
  EVP_DigestUpdate(digest_.get(), bytes.data(), bytes.size());
  head_.append(bytes.substr(0, kSniffedBytes - std::min(kSniffedBytes, head_.size())));
  size_ += static_cast<std::int64_t>(bytes.size());
  while (!bytes.empty()) {
    auto const written = ::write(file_.get(), bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) {
      auto failure = system_failure("writing an upload");
      discard();
      return failure;
    }
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

Result<Blob> LocalBlobWriter::finish() {
  if (!file_) return fail(Errc::internal, "finishing an upload that is over");
  std::array<unsigned char, EVP_MAX_MD_SIZE> sum;
  unsigned length = 0;
  EVP_DigestFinal_ex(digest_.get(), sum.data(), &length);
  Blob blob;
  blob.digest = to_hex({reinterpret_cast<char const*>(sum.data()), length});
  blob.size = size_;
  blob.media_type = store_.media_types_.of(head_);
  auto published =
      fsync(file_.get()) == 0 ? store_.publish(path_, blob.digest) : Result<void>(system_failure("syncing an upload"));
  if (published) path_.clear();
  discard();
  TRY(std::move(published));
  return blob;
}

}  // namespace parlance::files
