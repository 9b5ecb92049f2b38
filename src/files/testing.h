#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "files/local_blob_store.h"

namespace parlance::files {

/// For tests: a store in a directory of its own.
class BlobsTest : public testing::Test {
 protected:
  static constexpr std::int64_t kLimit = 1'000'000;

  void SetUp() override {
    auto pattern = (std::filesystem::temp_directory_path() / "parlance-blobs-XXXXXX").string();
    ASSERT_TRUE(mkdtemp(pattern.data()));
    directory_ = pattern;
    media_types_ = must(MediaTypes::open());
    reopen();
  }

  void TearDown() override {
    store_.reset();
    std::filesystem::remove_all(directory_);
  }

  template <typename T>
  static T must(Result<T> result) {
    if (!result) throw std::runtime_error(result.error().message);
    if constexpr (!std::is_void_v<T>) return *std::move(result);
  }

  void reopen() { store_ = must(LocalBlobStore::open(root(), *media_types_)); }
  std::string root() const { return directory_ + "/blobs"; }
  LocalBlobStore& store() { return *store_; }
  MediaTypes& media_types() { return *media_types_; }

  Blob put(std::string_view content) {
    auto const writer = must(store_->begin(kLimit));
    must(writer->write(content));
    return must(writer->finish());
  }

  std::string content_of(std::string_view digest) {
    auto const blob = store_->open(digest);
    if (!blob) return "error: " + blob.error().message;
    std::string content(static_cast<std::size_t>(blob->size), '\0');
    EXPECT_EQ(blob->size, read(blob->file.get(), content.data(), content.size()));
    return content;
  }

  /// Of regular files below the root.
  std::vector<std::string> files() const {
    std::vector<std::string> names;
    for (auto const& entry : std::filesystem::recursive_directory_iterator(root()))
      if (entry.is_regular_file()) names.push_back(std::filesystem::relative(entry.path(), root()).string());
    return names;
  }

  /// Makes the blob look as if it had been stored so much earlier.
  void age(std::string const& digest, std::chrono::hours by) {
    age_file(root() + "/" + digest.substr(0, 2) + "/" + digest.substr(2), by);
  }
  static void age_file(std::string const& path, std::chrono::hours by) {
    std::filesystem::last_write_time(path, std::filesystem::last_write_time(path) - by);
  }

 private:
  std::string directory_;
  std::unique_ptr<MediaTypes> media_types_;
  std::unique_ptr<LocalBlobStore> store_;
};

}  // namespace parlance::files
