#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "base/result.h"

struct magic_set;

namespace parlance::files {

/// How much of a content's head tells its type.
inline constexpr std::size_t kSniffedBytes = 64 * 1024;

/// Tells the type of a content by looking at it. Any thread; one looks at a time (about a millisecond).
class MediaTypes {
 public:
  /// Loads libmagic's database. Error: unavailable where there is none.
  static Result<std::unique_ptr<MediaTypes>> open();

  MediaTypes(MediaTypes const&) = delete;
  MediaTypes& operator=(MediaTypes const&) = delete;
  ~MediaTypes();

  /// The media type of a content that begins with `head`, without parameters: "image/png". application/octet-stream
  /// where nothing is known.
  std::string of(std::string_view head);

 private:
  explicit MediaTypes(magic_set* magic) : magic_(magic) {}

  std::mutex mutex_;
  magic_set* magic_;
};

enum class Disposition { inline_display, attachment };

/// Whether a browser may show the type in place. Only what runs no script of its author's: common images, audio, video
/// and PDF. Not SVG, HTML, XML or text.
Disposition disposition_of(std::string_view media_type);

}  // namespace parlance::files
