#include "outbound/url.h"

#include <gtest/gtest.h>

namespace parlance::outbound {
namespace {

std::string read(std::string_view text) {
  auto const url = parse_url(text);
  return url ? url->to_string() : url.error().message;
}

TEST(Url, ReadsWhatMayBeCalled) {
  EXPECT_EQ(read("https://Example.com"), "https://example.com/");
  EXPECT_EQ(read("HTTP://example.com:80/a/../b?q=1#frag"), "http://example.com/a/../b?q=1");
  EXPECT_EQ(read("https://example.com:8443?x"), "https://example.com:8443/?x");
  EXPECT_EQ(read("https://example.com./"), "https://example.com/");
  EXPECT_EQ(read("http://[2001:DB8::1]:81/"), "http://[2001:db8::1]:81/");
  EXPECT_EQ(read("http://under_score.example-1.com/%20"), "http://under_score.example-1.com/%20");
  EXPECT_EQ(read("http://example.com/a@b"), "http://example.com/a@b");
}

TEST(Url, LeavesNumericHostsToResolution) {
  for (std::string_view const host : {"2130706433", "0x7f000001", "017700000001", "127.1", "0177.0.0.1"}) {
    EXPECT_EQ(read("http://" + std::string(host) + "/"), "http://" + std::string(host) + "/");
  }
}

TEST(Url, RefusesHostileUrls) {
  auto const long_url = "http://example.com/" + std::string(2048, 'a');
  auto const long_label = "http://" + std::string(64, 'a') + ".com/";
  for (std::string const& text : {std::string(), std::string("http://a\0b/", 11), long_url, long_label,
                                  std::string("http://a\xc3\xa9.example/")}) {
    EXPECT_FALSE(parse_url(text)) << text;
  }
  for (auto const* text : {"example.com",
                           "//example.com/",
                           "ftp://example.com/",
                           "file:///etc/passwd",
                           "gopher://127.0.0.1:6379/_x",
                           "javascript:alert(1)",
                           "http:/example.com",
                           "http:example.com",
                           "http://",
                           "http:///path",
                           "http://:80/",
                           "http://?q",
                           "http://user@example.com/",
                           "http://user:pass@example.com/",
                           "http://example.com@127.0.0.1/",
                           "http://127.0.0.1:80\\@example.com/",
                           "http://example.com\\.evil/",
                           "http://exa mple.com/",
                           " http://example.com/",
                           "http://example.com/a b",
                           "http://example.com/\r\nX: y",
                           "http://example.com/\tx",
                           "http://example.com:0/",
                           "http://example.com:65536/",
                           "http://example.com:99999999999/",
                           "http://example.com:-1/",
                           "http://example.com:+80/",
                           "http://example.com:80a/",
                           "http://example.com:/",
                           "http://example.com:80:80/",
                           "http://[::1/",
                           "http://[::1]x/",
                           "http://[::1%25eth0]/",
                           "http://[127.0.0.1]/",
                           "http://[]/",
                           "http://::1/",
                           "http://a..b/",
                           "http://.a/",
                           "http://./",
                           "http://a../",
                           "http://%31%32%37.0.0.1/",
                           "http://a,b/",
                           "http://a;b/",
                           "http://$host/"}) {
    auto const url = parse_url(text);
    ASSERT_FALSE(url) << text;
    EXPECT_EQ(url.error().code, Errc::invalid_argument);
    EXPECT_EQ(url.error().field, "url");
  }
}

TEST(Url, ResolvesLocations) {
  auto const base = *parse_url("https://example.com:8443/a/b?q=1");
  auto const resolved = [&](std::string_view location) {
    auto const url = resolve_location(base, location);
    return url ? url->to_string() : url.error().message;
  };
  EXPECT_EQ(resolved("http://other.example/x"), "http://other.example/x");
  EXPECT_EQ(resolved("//other.example/x"), "https://other.example/x");
  EXPECT_EQ(resolved("/c?d"), "https://example.com:8443/c?d");
  EXPECT_EQ(resolved("c:d/../e"), "the URL must begin with http:// or https://");
  EXPECT_EQ(resolved("c/d:e"), "https://example.com:8443/a/c/d:e");
  EXPECT_EQ(resolved("?z"), "https://example.com:8443/a/b?z");
  EXPECT_EQ(resolved("#top"), "https://example.com:8443/a/b?q=1");
  EXPECT_EQ(resolved("file:///etc/passwd"), "the URL must begin with http:// or https://");
  EXPECT_EQ(resolved(""), "the URL is empty");
}

}  // namespace
}  // namespace parlance::outbound
