#pragma once

#include <stdlib.h>
#include <zip.h>

#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <system_error>

namespace parlance::slack {

/// For tests: a folder that goes with this object.
class TestFolder {
 public:
  TestFolder() {
    auto pattern = (std::filesystem::temp_directory_path() / "parlance-slack-XXXXXX").string();
    if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary directory");
    path_ = pattern;
  }
  TestFolder(TestFolder const&) = delete;
  TestFolder& operator=(TestFolder const&) = delete;
  ~TestFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  std::string const& path() const { return path_; }

 private:
  std::string path_;
};

/// For tests: an archive with whatever names and contents. It goes with this object.
class TestZip {
 public:
  TestZip() : path_(folder_.path() + "/export.zip"), archive_(zip_open(path_.c_str(), ZIP_CREATE, nullptr)) {
    if (archive_ == nullptr) throw std::runtime_error("no archive");
  }
  TestZip(TestZip const&) = delete;
  TestZip& operator=(TestZip const&) = delete;
  ~TestZip() {
    if (archive_ != nullptr) zip_discard(archive_);
  }

  TestZip& add(std::string const& name, std::string const& content) {
    add_entry(name, content);
    return *this;
  }

  TestZip& add_stored(std::string const& name, std::string const& content) {
    zip_set_file_compression(archive_, static_cast<zip_uint64_t>(add_entry(name, content)), ZIP_CM_STORE, 0);
    return *this;
  }

  TestZip& add_folder(std::string const& name) {
    zip_dir_add(archive_, name.c_str(), ZIP_FL_ENC_UTF_8);
    return *this;
  }

  /// The archive's path. Nothing is added after this.
  std::string write() {
    if (zip_close(archive_) != 0) throw std::runtime_error(zip_strerror(archive_));
    archive_ = nullptr;
    return path_;
  }

 private:
  zip_int64_t add_entry(std::string const& name, std::string const& content) {
    // The archive frees what it is given.
    auto* const copy = static_cast<char*>(std::malloc(content.size() + 1));
    content.copy(copy, content.size());
    auto* const source = zip_source_buffer(archive_, copy, content.size(), 1);
    auto const index = zip_file_add(archive_, name.c_str(), source, ZIP_FL_ENC_UTF_8);
    if (index < 0) throw std::runtime_error(zip_strerror(archive_));
    return index;
  }

  TestFolder folder_;
  std::string path_;
  zip_t* archive_;
};

}  // namespace parlance::slack
