#include "files/media_type.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace parlance::files {
namespace {

using namespace std::string_view_literals;

constexpr auto kPng =
    "\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89\0\0\0\rIDATx\x9c"
    "c\xf8\xcf\xc0\xf0\x1f\0\x05\0\x01\xff"sv;

TEST(MediaTypes, LooksAtTheContent) {
  auto const types = MediaTypes::open().value();
  EXPECT_EQ("image/png", types->of(kPng));
  EXPECT_EQ("image/gif", types->of("GIF89a\x01\0\x01\0\0\0\0;"sv));
  EXPECT_EQ("application/pdf", types->of("%PDF-1.4\n%\xe2\xe3\xcf\xd3\n1 0 obj\n"));
  EXPECT_EQ("image/svg+xml", types->of("<?xml version=\"1.0\"?><svg xmlns=\"http://www.w3.org/2000/svg\"></svg>"));
  EXPECT_EQ("text/html", types->of("<!DOCTYPE html><html><script>alert(1)</script></html>"));
  EXPECT_EQ("text/plain", types->of("just some words\n"));
  EXPECT_EQ("application/octet-stream", types->of(""));
  EXPECT_EQ("application/octet-stream", types->of("\x01\x02\x03\xff\xfe\x99\x88"sv));
  EXPECT_EQ("image/png", types->of(std::string(kPng) + std::string(1 << 20, 'x')));
}

TEST(MediaTypes, MayBeAskedByManyThreads) {
  auto const types = MediaTypes::open().value();
  std::vector<std::jthread> threads;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&] {
      for (int j = 0; j < 50; ++j) EXPECT_EQ("image/png", types->of(kPng));
    });
}

TEST(Disposition, IsInlineOnlyForWhatRunsNoScript) {
  for (auto const type : {"image/png", "image/jpeg", "image/webp", "audio/mpeg", "video/mp4", "application/pdf"})
    EXPECT_EQ(Disposition::inline_display, disposition_of(type)) << type;
  for (auto const type : {"image/svg+xml", "text/html", "text/xml", "application/xhtml+xml", "text/plain",
                          "application/javascript", "application/octet-stream", "", "image/", "Image/PNG", "audio"})
    EXPECT_EQ(Disposition::attachment, disposition_of(type)) << type;
}

}  // namespace
}  // namespace parlance::files
