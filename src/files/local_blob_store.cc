#include "files/local_blob_store.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <optional>
#include <system_error>
#include <vector>

#include "base/crypto.h"
#include "files/local_blob_writer.h"
#include "files/system_error.h"

namespace parlance::files {

namespace {

constexpr std::size_t kDigestDigits = 64;
constexpr std::size_t kFolderDigits = 2;

/// What is being written may be another process's, which shares the directory.
constexpr Timestamp kAbandonedAfter = kDay;

bool is_hex(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

bool is_digest(std::string_view text) { return text.size() == kDigestDigits && is_hex(text); }

Result<void> sync_directory(std::string const& path) {
  Descriptor const directory(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!directory || fsync(directory.get()) != 0) return system_failure("syncing a directory");
  return {};
}

/// True where it was not there before.
Result<bool> ensure_directory(std::string const& path) {
  if (mkdir(path.c_str(), 0700) == 0) return true;
  if (errno == EEXIST) return false;
  return system_failure("making a directory");
}

/// Empty where there is no such file.
std::optional<Timestamp> modified_at(std::string const& path) {
  struct stat status;
  if (stat(path.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) return std::nullopt;
  return status.st_mtim.tv_sec * kSecond + status.st_mtim.tv_nsec / 1000;
}

/// The names in a directory; none where it is not there.
std::vector<std::string> names_in(std::string const& path) {
  std::vector<std::string> names;
  std::error_code error;
  for (std::filesystem::directory_iterator entry(path, error), end; !error && entry != end; entry.increment(error))
    names.push_back(entry->path().filename().string());
  return names;
}

/// Removes the files in a directory that nobody has written to since `before`.
void clear_away(std::string const& folder, Timestamp before) {
  for (auto const& name : names_in(folder)) {
    auto const path = folder + "/" + name;
    auto const written = modified_at(path);
    if (written && *written < before) unlink(path.c_str());
  }
}

}  // namespace

Result<std::unique_ptr<LocalBlobStore>> LocalBlobStore::open(std::string root, MediaTypes& media_types) {
  std::error_code error;
  std::filesystem::create_directories(root, error);
  if (error) {
    errno = error.value();
    return system_failure("making the directory of blobs");
  }
  TRY(ensure_directory(root + "/tmp"));
  TRY(sync_directory(root));
  clear_away(root + "/tmp", now() - kAbandonedAfter);
  return std::unique_ptr<LocalBlobStore>(new LocalBlobStore(std::move(root), media_types));
}

std::string LocalBlobStore::path_of(std::string_view digest) const {
  return root_ + "/" + std::string(digest.substr(0, kFolderDigits)) + "/" + std::string(digest.substr(kFolderDigits));
}

Result<std::unique_ptr<BlobWriter>> LocalBlobStore::begin(std::int64_t limit) {
  return LocalBlobWriter::open(*this, limit);
}

Result<void> LocalBlobStore::publish(std::string const& temporary, std::string_view digest) {
  auto const folder = root_ + "/" + std::string(digest.substr(0, kFolderDigits));
  if (TRY(ensure_directory(folder))) TRY(sync_directory(root_));
  // An equal blob is replaced, which makes it as young as this upload: remove_older() lets it be.
  if (rename(temporary.c_str(), path_of(digest).c_str()) != 0) return system_failure("naming a blob");
  return sync_directory(folder);
}

Result<OpenBlob> LocalBlobStore::open(std::string_view digest) {
  if (!is_digest(digest)) return fail(Errc::not_found, "no such blob");
  OpenBlob blob;
  blob.file = Descriptor(::open(path_of(digest).c_str(), O_RDONLY | O_CLOEXEC));
  if (!blob.file && errno == ENOENT) return fail(Errc::not_found, "no such blob");
  struct stat status;
  if (!blob.file || fstat(blob.file.get(), &status) != 0) return system_failure("opening a blob");
  blob.size = status.st_size;
  return blob;
}

Result<bool> LocalBlobStore::exists(std::string_view digest) {
  return is_digest(digest) && modified_at(path_of(digest)).has_value();
}

Result<bool> LocalBlobStore::remove_older(std::string_view digest, Timestamp before) {
  if (!is_digest(digest)) return false;
  auto const path = path_of(digest);
  auto const stored = modified_at(path);
  if (!stored || *stored >= before) return false;
  // Taken aside first: any process may store it again at this moment, and then it is put back.
  auto const aside = fmt::format("{}/tmp/removed-{}", root_, to_hex(random_bytes(16)));
  if (rename(path.c_str(), aside.c_str()) != 0) {
    if (errno == ENOENT && !modified_at(path)) return false;
    return system_failure("removing a blob");
  }
  auto const taken = modified_at(aside);
  if (taken && *taken >= before) {
    if (rename(aside.c_str(), path.c_str()) != 0) return system_failure("putting a blob back");
    return false;
  }
  // Gone already where another process has just started, and clears away.
  if (unlink(aside.c_str()) != 0 && errno != ENOENT) return system_failure("removing a blob");
  return true;
}

Result<void> LocalBlobStore::for_each_older(Timestamp before,
                                            std::function<Result<void>(std::string_view)> const& visit) {
  for (auto const& folder : names_in(root_)) {
    if (folder.size() != kFolderDigits || !is_hex(folder)) continue;
    for (auto const& name : names_in(root_ + "/" + folder)) {
      auto const digest = folder + name;
      if (!is_digest(digest)) continue;
      auto const stored = modified_at(path_of(digest));
      if (stored && *stored < before) TRY(visit(digest));
    }
  }
  return {};
}

}  // namespace parlance::files
