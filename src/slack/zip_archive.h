#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"

struct zip;

namespace parlance::slack {

struct ZipEntry {
  std::uint64_t index = 0;
  std::string name;  ///< UTF-8 without control characters, relative, without ".." parts
  std::int64_t size = 0;
};

/// A ZIP file from a stranger, read where it lies: nothing is unpacked to the disk, and names are only compared.
/// Refused as a whole: names that lead out of it, cannot be shown or come twice, and archives that claim to become far
/// larger than they are. One thread.
class ZipArchive {
 public:
  /// No file of the archive may be larger: one at a time is held in memory.
  static constexpr std::int64_t kMaxFileBytes = 256 << 20;

  /// The error is a sentence for the operator, without the path.
  static Result<ZipArchive> open(std::string const& path);

  /// Files only, by name.
  std::vector<ZipEntry> const& entries() const { return entries_; }

  /// The whole content, its checksum compared. invalid_argument where it is damaged, encrypted, or not as long as said.
  Result<std::string> read(ZipEntry const& entry) const;

 private:
  struct Closer {
    void operator()(zip* archive) const;
  };

  explicit ZipArchive(zip* archive) : archive_(archive) {}
  Result<void> list_entries();
  Result<void> add_entry(std::uint64_t index);
  Result<void> check_expansion() const;

  std::unique_ptr<zip, Closer> archive_;
  std::vector<ZipEntry> entries_;
  std::int64_t compressed_bytes_ = 0;
};

}  // namespace parlance::slack
