#include "unfurl/links.h"

#include <gtest/gtest.h>

#include <string>

namespace parlance::unfurl {
namespace {

std::string found(std::string_view text, std::size_t limit = 10) {
  std::string all;
  for (auto const& link : find_links(text, limit)) all += (all.empty() ? "" : " ") + link.url;
  return all;
}

TEST(Links, AreFoundInSentences) {
  EXPECT_EQ(found("see https://example.com/a, or http://example.org."), "https://example.com/a http://example.org");
  EXPECT_EQ(found("HTTPS://Example.com/X?y=1#z!"), "HTTPS://Example.com/X?y=1#z");
  EXPECT_EQ(found("(https://example.com/a_(b)) <https://example.com/c>"),
            "https://example.com/a_(b) https://example.com/c");
  EXPECT_EQ(found("[name](https://example.com/x) \"https://example.com/y\""),
            "https://example.com/x https://example.com/y");
  EXPECT_EQ(found("**https://example.com/bold**"), "https://example.com/bold");
}

TEST(Links, StandForThemselves) {
  EXPECT_EQ(found("xhttps://example.com ftp://example.com example.com mailto:a@example.com"), "");
  EXPECT_EQ(found("javascript:alert(1) file:///etc/passwd gopher://example.com/ data:text/html,x"), "");
  EXPECT_EQ(found("http:// https://"), "");
  EXPECT_EQ(found("http://user:password@example.com/"), "");
}

TEST(Links, AreTakenOnceAndOnlySoMany) {
  EXPECT_EQ(found("http://a.example http://a.example http://b.example"), "http://a.example http://b.example");
  EXPECT_EQ(found("http://a.example http://b.example http://c.example http://d.example", 3),
            "http://a.example http://b.example http://c.example");
}

TEST(Links, AreFetchedInAscii) {
  auto const links = find_links("https://example.com/größe", 1);
  ASSERT_EQ(links.size(), 1U);
  EXPECT_EQ(links[0].shown, "https://example.com/größe");
  EXPECT_EQ(links[0].url, "https://example.com/gr%C3%B6%C3%9Fe");
}

}  // namespace
}  // namespace parlance::unfurl
