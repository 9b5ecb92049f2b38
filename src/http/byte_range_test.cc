#include "http/byte_range.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace parlance::http {
namespace {

std::string resolved(std::string_view header, std::uint64_t size = 100) {
  auto const answer = resolve_range(header, size);
  if (answer.kind == RangeAnswer::Kind::whole) return "whole";
  return content_range(answer, size);
}

TEST(ByteRange, ReadsOneRange) {
  EXPECT_EQ(resolved("bytes=0-0"), "bytes 0-0/100");
  EXPECT_EQ(resolved("bytes=0-9"), "bytes 0-9/100");
  EXPECT_EQ(resolved("bytes=10-"), "bytes 10-99/100");
  EXPECT_EQ(resolved("bytes=99-1000"), "bytes 99-99/100");
  EXPECT_EQ(resolved("bytes=-1"), "bytes 99-99/100");
  EXPECT_EQ(resolved("bytes=-1000"), "bytes 0-99/100");
  EXPECT_EQ(resolved("Bytes= 5-6 "), "bytes 5-6/100");
  EXPECT_EQ(resolved("bytes=0-99999999999999999999999"), "bytes 0-99/100");
}

TEST(ByteRange, RefusesWhatLiesPastTheEnd) {
  EXPECT_EQ(resolved("bytes=100-"), "bytes */100");
  EXPECT_EQ(resolved("bytes=100-200"), "bytes */100");
  EXPECT_EQ(resolved("bytes=-0"), "bytes */100");
  EXPECT_EQ(resolved("bytes=0-", 0), "bytes */0");
  EXPECT_EQ(resolved("bytes=99999999999999999999999-"), "bytes */100");
}

TEST(ByteRange, IgnoresWhatIsMalformedOrSeveral) {
  for (auto const* header : {"", "bytes", "bytes=", "bytes=-", "bytes=a-b", "bytes=1-b", "bytes=+1-2", "bytes=5-4",
                             "bytes=0-1,5-6", "bytes=-1,-2", "items=0-1", "0-1", "bytes=1 - 2", "bytes=--1"}) {
    EXPECT_EQ(resolved(header), "whole") << header;
  }
  EXPECT_EQ(resolved("bytes=-5", 0), "whole");
}

TEST(ByteRange, IfRangeComparesStrongly) {
  EXPECT_TRUE(if_range_holds("", "\"a\"", ""));
  EXPECT_TRUE(if_range_holds("\"a\"", "\"a\"", ""));
  EXPECT_FALSE(if_range_holds("\"b\"", "\"a\"", ""));
  EXPECT_FALSE(if_range_holds("W/\"a\"", "W/\"a\"", ""));
  EXPECT_TRUE(if_range_holds("Sun, 06 Nov 1994 08:49:37 GMT", "\"a\"", "Sun, 06 Nov 1994 08:49:37 GMT"));
  EXPECT_FALSE(if_range_holds("Sun, 06 Nov 1994 08:49:38 GMT", "\"a\"", "Sun, 06 Nov 1994 08:49:37 GMT"));
  EXPECT_FALSE(if_range_holds("garbage", "\"a\"", ""));
}

TEST(ContentDisposition, SpellsAnyName) {
  EXPECT_EQ(content_disposition(Disposition::attachment, ""), "attachment");
  EXPECT_EQ(content_disposition(Disposition::in_line, "plan (2).pdf"), "inline; filename=\"plan (2).pdf\"");
  EXPECT_EQ(content_disposition(Disposition::attachment, "caf\xc3\xa9.txt"),
            "attachment; filename=\"caf_.txt\"; filename*=UTF-8''caf%C3%A9.txt");
  EXPECT_EQ(content_disposition(Disposition::attachment, "a\"b%.txt"),
            "attachment; filename=\"a_b_.txt\"; filename*=UTF-8''a%22b%25.txt");
}

TEST(ContentDisposition, CannotInjectHeadersOrPaths) {
  EXPECT_EQ(content_disposition(Disposition::attachment, "a\r\nSet-Cookie: x=1"),
            "attachment; filename=\"a__Set-Cookie_ x=1\"; filename*=UTF-8''a__Set-Cookie%3A%20x%3D1");
  EXPECT_EQ(content_disposition(Disposition::attachment, "../../etc/passwd"),
            "attachment; filename=\".._.._etc_passwd\"");
  EXPECT_EQ(content_disposition(Disposition::attachment, std::string_view("a\0b\xff", 4)),
            "attachment; filename=\"a_b_\"");
  auto const long_name = content_disposition(Disposition::attachment, std::string(254, 'a') + "\xc3\xa9");
  EXPECT_EQ(long_name, fmt::format("attachment; filename=\"{}\"", std::string(254, 'a')));
}

}  // namespace
}  // namespace parlance::http
