#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "slack/records.h"
#include "slack/zip_archive.h"

namespace parlance::slack {

/// A Slack export: `users.json`, `channels.json` and, where they were exported, `groups.json`, `mpims.json` and
/// `dms.json`; a folder for each conversation, with a file for each day. They may all lie in one folder more. Every
/// error names the file and the place in it. One thread.
class Export {
 public:
  static Result<Export> open(std::string const& path);

  /// Every user, one after the other. A failure of `take` ends it.
  Result<void> each_user(std::function<Result<void>(User const&)> const& take) const;

  /// By kind, then in the order of the export. A conversation that is listed twice is there once.
  Result<std::vector<Channel>> channels() const;

  /// The days of a conversation, the oldest first; none where nothing was written in it.
  std::vector<ZipEntry> const& days(Channel const& channel) const;

  /// What was written on one day, the oldest first.
  Result<std::vector<Message>> messages(ZipEntry const& day) const;

  /// Of all days together.
  std::int64_t day_bytes() const { return day_bytes_; }

  /// Of folders with days that belong to no conversation of the lists.
  std::vector<std::string> unlisted_folders(std::vector<Channel> const& channels) const;

 private:
  explicit Export(ZipArchive archive) : archive_(std::move(archive)) {}
  Result<void> sort_out();
  ZipEntry const* find(std::string_view name) const;
  Result<void> each_record(ZipEntry const& file,
                           std::function<Result<void>(boost::json::value const&)> const& take) const;

  ZipArchive archive_;
  std::string root_;  ///< the one folder more, with its '/'; mostly empty
  std::map<std::string, std::vector<ZipEntry>, std::less<>> days_;
  std::int64_t day_bytes_ = 0;
};

}  // namespace parlance::slack
