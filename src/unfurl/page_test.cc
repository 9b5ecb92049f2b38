#include "unfurl/page.h"

#include <gtest/gtest.h>

#include <string>

namespace parlance::unfurl {
namespace {

std::string facts(std::string_view html, std::string_view charset = {}) {
  auto const page = read_page(html, charset, "https://example.com/dir/page");
  return page.title + "|" + page.description + "|" + page.image_url + "|" + page.site_name;
}

TEST(Page, PrefersOpenGraphThenTwitterThenPlainHtml) {
  EXPECT_EQ(facts("<title>T</title><meta name=description content=D>"), "T|D||");
  EXPECT_EQ(facts("<title>T</title><meta name='twitter:title' content=W><meta name=description content=D>"
                  "<meta name='twitter:description' content=X><meta name='twitter:image' content='/i.png'>"),
            "W|X|https://example.com/i.png|");
  EXPECT_EQ(facts("<title>T</title><meta name='twitter:title' content=W><meta property='og:title' content='O'>"
                  "<meta property='og:description' content=P><meta property='og:image' content='i.png'>"
                  "<meta property='og:site_name' content='Site'>"),
            "O|P|https://example.com/dir/i.png|Site");
}

TEST(Page, ReadsBrokenHtml) {
  EXPECT_EQ(facts("<html><head><title>A &amp; B &copy;</title><p><b>never closed"), "A & B ©|||");
  EXPECT_EQ(facts("<meta property=og:title content='first'><meta property=og:title content='second'>"), "first|||");
  EXPECT_EQ(facts(""), "|||");
  EXPECT_EQ(facts("no markup at all"), "|||");
  EXPECT_EQ(facts("\xff\xfe\x00\x01"), "|||");
}

TEST(Page, PutsTextsInOneLineAndCutsThem) {
  EXPECT_EQ(facts("<title>\n  two\n\t lines  </title>"), "two lines|||");
  EXPECT_EQ(facts("<title>" + std::string(1000, 'x') + "</title>"), std::string(300, 'x') + "|||");
}

TEST(Page, UnderstandsCharsets) {
  EXPECT_EQ(facts("<title>gr\xF6\xDF"
                  "e</title>",
                  "ISO-8859-1"),
            "größe|||");
  EXPECT_EQ(facts("<meta charset=utf-8><title>größe</title>"), "größe|||");
  EXPECT_EQ(facts("<title>plain</title>", "no-such-charset"), "plain|||");
}

TEST(Page, TakesOnlyWebAddressesForImages) {
  for (auto const* image : {"javascript:alert(1)", "data:image/png;base64,AAAA", "file:///etc/passwd", "http://"}) {
    EXPECT_EQ(facts("<title>T</title><meta property='og:image' content='" + std::string(image) + "'>"), "T|||")
        << image;
  }
  EXPECT_EQ(facts("<meta property='og:image' content='//cdn.example/i.png'>"), "||https://cdn.example/i.png|");
}

TEST(Page, ExpandsNoEntitiesOfTheDocumentsOwn) {
  EXPECT_EQ(facts("<!DOCTYPE x [<!ENTITY a SYSTEM 'file:///etc/passwd'>]><title>&a;</title>").find("root:"),
            std::string::npos);
}

TEST(Page, SurvivesDeepNesting) {
  std::string html = "<title>deep</title>";
  for (int i = 0; i < 100'000; ++i) html += "<div>";
  EXPECT_EQ(facts(html), "deep|||");
}

}  // namespace
}  // namespace parlance::unfurl
