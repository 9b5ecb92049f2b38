#include "files/s3_blob_store.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <limits>
#include <utility>

#include "files/system_error.h"

namespace parlance::files {

namespace {

constexpr std::string_view kPrefix = "blobs/";
constexpr std::size_t kDigestDigits = 64;

bool is_digest(std::string_view text) {
  return text.size() == kDigestDigits &&
         std::ranges::all_of(text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

std::string key_of(std::string_view digest) {
  return fmt::format("{}{}/{}", kPrefix, digest.substr(0, 2), digest.substr(2));
}

/// The digest that an object's key names; empty where it is none of ours.
std::string digest_of(std::string_view key) {
  if (!key.starts_with(kPrefix)) return {};
  std::string digest(key.substr(kPrefix.size()));
  std::erase(digest, '/');
  return is_digest(digest) && key_of(digest) == key ? digest : std::string();
}

std::string incoming_key(std::string_view name) { return fmt::format("incoming/{}", name); }

Result<void> write_all(int descriptor, std::string_view bytes) {
  while (!bytes.empty()) {
    auto const written = ::write(descriptor, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return system_failure("writing a fetched blob");
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

/// A file that has no name any more.
Result<Descriptor> unnamed_file(std::string const& folder) {
  auto path = folder + "/fetch-XXXXXX";
  Descriptor file(mkostemp(path.data(), O_CLOEXEC));
  if (!file) return system_failure("making a temporary file");
  unlink(path.c_str());
  return file;
}

}  // namespace

/// Spools on this machine; finish() puts the whole into the bucket.
class S3BlobWriter final : public BlobWriter {
 public:
  S3BlobWriter(S3BlobStore& store, std::unique_ptr<BlobWriter> spool) : store_(store), spool_(std::move(spool)) {}

  Result<void> write(std::string_view bytes) override { return spool_->write(bytes); }

  Result<Blob> finish() override {
    auto blob = TRY(spool_->finish());
    auto const opened = store_.spool_->open(blob.digest);
    if (!opened) {
      // An equal upload has ended at the same time, and has cleared the spool away behind it.
      if (TRY(store_.exists(blob.digest))) return blob;
      return std::unexpected(opened.error());
    }
    auto put = store_.client_.put(key_of(blob.digest), opened->file.get(), opened->size, blob.digest);
    TRY(store_.spool_->remove_older(blob.digest, std::numeric_limits<Timestamp>::max()));
    TRY(std::move(put));
    return blob;
  }

 private:
  S3BlobStore& store_;
  std::unique_ptr<BlobWriter> spool_;
};

Result<std::unique_ptr<S3BlobStore>> S3BlobStore::open(S3Options options, std::string scratch,
                                                       MediaTypes& media_types) {
  auto client = TRY(S3Client::create(std::move(options)));
  auto spool = TRY(LocalBlobStore::open(scratch, media_types));
  return std::unique_ptr<S3BlobStore>(new S3BlobStore(std::move(client), std::move(spool), std::move(scratch)));
}

Result<std::unique_ptr<BlobWriter>> S3BlobStore::begin(std::int64_t limit) {
  return std::make_unique<S3BlobWriter>(*this, TRY(spool_->begin(limit)));
}

Result<OpenBlob> S3BlobStore::open(std::string_view digest) {
  if (!is_digest(digest)) return fail(Errc::not_found, "no such blob");
  OpenBlob blob;
  blob.file = TRY(unnamed_file(scratch_ + "/tmp"));
  TRY(client_.get(key_of(digest), [&](std::string_view piece) -> Result<void> {
    blob.size += static_cast<std::int64_t>(piece.size());
    return write_all(blob.file.get(), piece);
  }));
  lseek(blob.file.get(), 0, SEEK_SET);
  return blob;
}

Result<bool> S3BlobStore::exists(std::string_view digest) {
  return is_digest(digest) && TRY(client_.head(key_of(digest))).has_value();
}

Result<bool> S3BlobStore::remove_older(std::string_view digest, Timestamp before) {
  if (!is_digest(digest)) return false;
  auto const object = TRY(client_.head(key_of(digest)));
  if (!object || object->modified_at >= before) return false;
  TRY(client_.remove(key_of(digest)));
  return true;
}

Result<void> S3BlobStore::for_each_older(Timestamp before, std::function<Result<void>(std::string_view)> const& visit) {
  std::string from;
  do {
    auto const page = TRY(client_.list(std::string(kPrefix), from));
    for (auto const& object : page.objects) {
      auto const digest = digest_of(object.key);
      if (!digest.empty() && object.modified_at < before) TRY(visit(digest));
    }
    from = page.next;
  } while (!from.empty());
  return {};
}

DirectUpload S3BlobStore::sign_upload(std::string_view name, std::int64_t size, std::string_view media_type,
                                      Timestamp lifetime) {
  AwsFields const bound = {{"content-length", std::to_string(size)}, {"content-type", std::string(media_type)}};
  DirectUpload upload;
  upload.url = client_.presign("PUT", incoming_key(name), {}, bound, lifetime);
  // Every client sends the length by itself.
  upload.headers = {{"Content-Type", std::string(media_type)}};
  return upload;
}

Result<Blob> S3BlobStore::take_in(std::string_view name, std::int64_t limit) {
  auto const key = incoming_key(name);
  auto const writer = TRY(begin(limit));
  TRY(client_.get(key, [&](std::string_view piece) { return writer->write(piece); }));
  auto blob = TRY(writer->finish());
  TRY(client_.remove(key));
  return blob;
}

std::string S3BlobStore::sign_download(std::string_view digest, std::string_view media_type,
                                       std::string_view content_disposition, Timestamp lifetime) {
  return client_.presign("GET", key_of(digest),
                         {{"response-content-type", std::string(media_type)},
                          {"response-content-disposition", std::string(content_disposition)}},
                         {}, lifetime);
}

}  // namespace parlance::files
