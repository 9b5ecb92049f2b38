#include "files/media_type.h"

#include <magic.h>

#include <algorithm>
#include <array>

namespace parlance::files {

namespace {

constexpr std::string_view kUnknown = "application/octet-stream";

constexpr std::array<std::string_view, 10> kInlineTypes = {
    "image/png",  "image/jpeg", "image/gif",  "image/webp", "image/avif",
    "image/heic", "image/heif", "image/apng", "image/bmp",  "application/pdf",
};

}  // namespace

Result<std::unique_ptr<MediaTypes>> MediaTypes::open() {
  auto const magic = magic_open(MAGIC_MIME_TYPE | MAGIC_NO_CHECK_COMPRESS | MAGIC_NO_CHECK_ELF);
  if (!magic) return fail(Errc::unavailable, "libmagic does not start");
  auto types = std::unique_ptr<MediaTypes>(new MediaTypes(magic));
  if (magic_load(magic, nullptr) != 0) return fail(Errc::unavailable, "libmagic finds no database of file types");
  return types;
}

MediaTypes::~MediaTypes() { magic_close(magic_); }

std::string MediaTypes::of(std::string_view head) {
  head = head.substr(0, kSniffedBytes);
  if (head.empty()) return std::string(kUnknown);
  std::lock_guard lock(mutex_);
  std::string_view const found = [&] {
    auto const type = magic_buffer(magic_, head.data(), head.size());
    return type ? type : "";
  }();
  // It ends up in a header: nothing but a plain type may pass.
  bool const is_plain = found.contains('/') && std::ranges::all_of(found, [](char c) {
                          return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                                 std::string_view("/.+-_").contains(c);
                        });
  return std::string(is_plain ? found : kUnknown);
}

Disposition disposition_of(std::string_view media_type) {
  bool const is_inline = media_type.starts_with("audio/") || media_type.starts_with("video/") ||
                         std::ranges::find(kInlineTypes, media_type) != kInlineTypes.end();
  return is_inline ? Disposition::inline_display : Disposition::attachment;
}

}  // namespace parlance::files
