#include "http/multipart.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace parlance::http {
namespace {

// The events of `body` as text, data of one part joined; fed in slices of `slice`.
std::string read(std::string_view body, std::size_t slice = std::string_view::npos, MultipartLimits limits = {},
                 std::string_view content_type = "multipart/form-data; boundary=XX") {
  auto parser = MultipartParser::create(content_type, limits);
  if (!parser) return parser.error().message;
  std::string out;
  for (std::size_t at = 0; at < body.size();) {
    auto input = body.substr(at, slice);
    at += input.size();
    while (!input.empty()) {
      auto const step = parser->next(input);
      if (!step) return out + "! " + step.error().message;
      if (!*step) continue;
      auto const& event = **step;
      switch (event.kind) {
        case MultipartEvent::Kind::part_begin:
          out += fmt::format("[{}|{}|{}:", event.part.name, event.part.filename.value_or("-"), event.part.content_type);
          break;
        case MultipartEvent::Kind::data: out += event.data; break;
        case MultipartEvent::Kind::part_end: out += "]"; break;
        case MultipartEvent::Kind::end: out += "."; break;
      }
    }
  }
  auto const finished = parser->finish();
  return finished ? out : out + "! " + finished.error().message;
}

std::string part(std::string_view headers, std::string_view data) {
  return fmt::format("--XX\r\n{}\r\n\r\n{}\r\n", headers, data);
}

std::string named(std::string_view parameters) { return fmt::format("Content-Disposition: form-data; {}", parameters); }

// What is read from one part with this header, without the frame around it.
std::string header_of(std::string_view headers) {
  auto out = read(part(headers, "") + "--XX--");
  return out.starts_with('[') ? out.substr(1, out.size() - 4) : out;
}

TEST(Multipart, ReadsPartsHoweverSliced) {
  auto const body = "preamble\r\n" + part(named("name=\"text\""), "hello") +
                    part(named("name=file; filename=\"a.txt\"") + "\r\nContent-Type: text/plain; charset=utf-8",
                         "\r\n\r\n--X\r\n--XY\r--XX\n--XX\r\r") +
                    part(named("name=empty"), "") + "--XX--\r\nepilogue\r\n--XX\r\n";
  auto const expected =
      "[text|-|:hello][file|a.txt|text/plain; charset=utf-8:\r\n\r\n--X\r\n--XY\r--XX\n--XX\r\r][empty|-|:].";
  for (std::size_t slice = 1; slice < body.size() + 1; ++slice) EXPECT_EQ(read(body, slice), expected) << slice;
}

TEST(Multipart, ReadsEdgesOfBoundaries) {
  EXPECT_EQ(read("--XX--"), ".");
  EXPECT_EQ(read("--XX \t\r\n" + named("name=a") + "\r\n\r\nx\r\n--XX--"), "[a|-|:x].");
  EXPECT_EQ(read("--XX\r\n" + named("name=a") + "\r\n\r\n--XX--"), "[a|-|:].");
  EXPECT_EQ(read(part(named("name=a"), "-") + "--XX--", 1), "[a|-|:-].");
  EXPECT_EQ(read("--XXY\r\n"), "! malformed multipart body: text after a boundary");
  EXPECT_EQ(read("--XX\n"), "! malformed multipart body: text after a boundary");
  EXPECT_EQ(read("--XX-X"), "! malformed multipart body: text after a boundary");
}

TEST(Multipart, NoticesABodyThatEndsEarly) {
  auto const ending = "! malformed multipart body: it ends before its closing boundary";
  EXPECT_EQ(read(""), ending);
  EXPECT_EQ(read("no boundary at all"), ending);
  EXPECT_EQ(read(part(named("name=a"), "x")), std::string("[a|-|:x") + ending);
  EXPECT_EQ(read(part(named("name=a"), "x") + "--XX-"), std::string("[a|-|:x]") + ending);
}

TEST(Multipart, ReadsNames) {
  EXPECT_EQ(header_of(named("name=\"a \\\"quoted\\\" name\"")), "a \"quoted\" name|-|");
  EXPECT_EQ(header_of(named("name=f; filename=\"C:\\temp\\x.txt\"")), "f|C:\\temp\\x.txt|");
  EXPECT_EQ(header_of(named("name=f; filename=\"a;b=c.txt\"")), "f|a;b=c.txt|");
  EXPECT_EQ(header_of(named("name=f; filename=\"caf\xc3\xa9\"")), "f|caf\xc3\xa9|");
  EXPECT_EQ(header_of(named("name=f; filename=x; filename*=UTF-8'en'caf%C3%a9%20")), "f|caf\xc3\xa9 |");
  EXPECT_EQ(header_of(named("name=f; filename=\"\"")), "f||");
  EXPECT_EQ(header_of("content-disposition:form-data;NAME=f;"), "f|-|");
}

TEST(Multipart, RefusesBrokenHeaders) {
  auto const refused = [](std::string_view headers) { return header_of(headers).substr(0, 28); };
  for (auto const& headers :
       {named("filename=x"), named("name=\"open"), named("name=a; name=b"), named("name"), named("name=\"\xff\""),
        named("name=a; filename*=UTF-8''%ff"), named("name=a; filename*=UTF-8''%4"),
        named("name=a; filename*=latin1''x"), named("name=\"a\x01\""), named("name=\"a\"b"),
        named("name=a") + "\r\n folded", named("name=a") + "\r\n" + named("name=a"), named("name=a") + "\r\nno colon",
        named("name=a") + "\r\nContent-Transfer-Encoding: base64", named("name=a") + "\r\nContent-Type: ;",
        std::string("Content-Disposition: attachment; name=a"), std::string("Content-Type: text/plain")}) {
    EXPECT_EQ(refused(headers), "! malformed multipart body: ") << headers;
  }
  EXPECT_EQ(read("--XX\r\n\r\nx\r\n--XX--"), "! malformed multipart body: a part without headers");
}

TEST(Multipart, HoldsItsLimits) {
  auto const long_name = part(named("name=" + std::string(200, 'a')), "") + "--XX--";
  for (std::size_t const slice : {1, 7, 1000}) {
    EXPECT_EQ(read(long_name, slice, {.header_bytes = 200}), "! the header of a multipart part is too long");
  }
  auto const two = part(named("name=a"), "") + part(named("name=b"), "") + "--XX--";
  EXPECT_EQ(read(two, 1000, {.part_count = 1}), "[a|-|:]! too many parts in the multipart body");
  EXPECT_EQ(read(two, 1000, {.part_count = 2}), "[a|-|:][b|-|:].");
}

TEST(Multipart, ChecksTheContentType) {
  auto const create = [](std::string const& type) { return read("--XX--", 100, {}, type); };
  EXPECT_EQ(create("multipart/form-data; boundary=\"XX\""), ".");
  EXPECT_EQ(create("application/json"), "the body must be multipart/form-data");
  EXPECT_EQ(create(""), "the body must be multipart/form-data");
  for (auto const& boundary : {std::string(), std::string(71, 'a'), std::string("\"a \""), std::string("\"a\\\"b\"")}) {
    EXPECT_EQ(
        create("multipart/form-data; boundary=" + boundary),
        boundary.empty() ? "the body must be multipart/form-data" : "the multipart boundary is missing or not valid");
  }
  EXPECT_EQ(create("multipart/form-data"), "the multipart boundary is missing or not valid");
}

}  // namespace
}  // namespace parlance::http
