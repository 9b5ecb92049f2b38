#include "http/request_parser.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace parlance::http {
namespace {

using Step = RequestParser::Step;

/// Feeds `bytes` in slices of `slice`, as a connection would, and tells what came of it:
/// "GET /path?query Name=value… [body] +rest", or the status of the refusal, or "more".
std::string parse(std::string_view bytes, std::size_t slice, std::size_t body_limit = 1000) {
  Request request;
  auto const parser = RequestParser::create({.request_line = 64, .header_block = 200}, request);
  std::string pending;
  while (!bytes.empty()) {
    auto const count = std::min(slice, bytes.size());
    pending += bytes.substr(0, count);
    bytes.remove_prefix(count);
    std::string_view input = pending;
    auto step = parser->feed(input);
    if (step == Step::head) {
      parser->set_body_target(&request.body, body_limit);
      step = parser->feed(input);
    }
    if (step == Step::failed) return std::to_string(parser->rejection().status);
    if (step == Step::done) {
      std::string fields;
      for (std::size_t i = 0; i < request.headers.size(); ++i) {
        auto const field = request.headers.at(i);
        fields += fmt::format(" {}={}", field.name, field.value);
      }
      return fmt::format("{} {}{}{} [{}] +{}{}", name_of(request.method), request.path,
                         request.query_string.empty() ? "" : "?" + request.query_string, fields, request.body, input,
                         bytes);
    }
    pending.erase(0, pending.size() - input.size());
  }
  return "more";
}

/// The same answer, however the bytes are sliced.
std::string parse_all_ways(std::string_view bytes, std::size_t body_limit = 1000) {
  auto const whole = parse(bytes, bytes.size(), body_limit);
  for (std::size_t const slice : {1U, 2U, 3U, 7U, 16U}) {
    auto const sliced = parse(bytes, slice, body_limit);
    EXPECT_EQ(sliced, whole) << "slices of " << slice << " of " << bytes;
  }
  return whole;
}

TEST(RequestParser, ReadsHeads) {
  EXPECT_EQ(parse_all_ways("GET /a?b=c HTTP/1.1\r\nHost: h\r\nX:  y \r\n\r\n"), "GET /a?b=c Host=h X=y [] +");
  EXPECT_EQ(parse_all_ways("\r\n\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\nGET"), "GET / Host=h [] +GET");
  EXPECT_EQ(parse_all_ways("GET http://h/x?y HTTP/1.1\r\nHost: h\r\n\r\n"), "GET /x?y Host=h [] +");
  EXPECT_EQ(parse_all_ways("GET / HTTP/1.0\r\n\r\n"), "GET / [] +");
  EXPECT_EQ(parse_all_ways("BREW /pot HTTP/1.1\r\nHost: h\r\n\r\n"), "OTHER /pot Host=h [] +");
  EXPECT_EQ(parse_all_ways("GET / HTTP/1.1\r\nHos"), "more");
}

TEST(RequestParser, ReadsBodies) {
  EXPECT_EQ(parse_all_ways("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhelloGET"),
            "POST / Host=h Content-Length=5 [hello] +GET");
  EXPECT_EQ(parse_all_ways("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
                           "3;x=y\r\nabc\r\nA\r\n0123456789\r\n0\r\nTrailer: t\r\n\r\nnext"),
            "POST / Host=h Transfer-Encoding=chunked [abc0123456789] +next");
  EXPECT_EQ(parse_all_ways("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
            "POST / Host=h Transfer-Encoding=chunked [] +");
}

TEST(RequestParser, RefusesWhatIsTooLong) {
  auto const line = fmt::format("GET /{} HTTP/1.1\r\n", std::string(60, 'x'));
  EXPECT_EQ(parse_all_ways(line + "Host: h\r\n\r\n"), "414");
  EXPECT_EQ(parse_all_ways("GET /" + std::string(500, 'x')), "414");
  EXPECT_EQ(parse_all_ways("GET / HTTP/1.1\r\nHost: h\r\nX: " + std::string(300, 'x') + "\r\n\r\n"), "431");
  std::string many = "GET / HTTP/1.1\r\nHost: h\r\n";
  for (int i = 0; i < 60; ++i) many += "A: b\r\n";
  EXPECT_EQ(parse_all_ways(many + "\r\n"), "431");
  EXPECT_EQ(
      parse_all_ways("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n8\r\n12345678\r\n0\r\n\r\n", 7),
      "413");
}

TEST(RequestParser, RefusesWhatIsAmbiguous) {
  auto const with = [](std::string_view fields) {
    return parse_all_ways(fmt::format("POST / HTTP/1.1\r\n{}\r\n0\r\n\r\n", fields));
  };
  EXPECT_EQ(with("Host: h\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n"), "400");
  EXPECT_EQ(with("Host: h\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n"), "400");
  EXPECT_EQ(with("Host: h\r\nContent-Length: 5\r\nContent-Length: 5\r\n"), "400");
  EXPECT_EQ(with("Host: h\r\nContent-Length: 5, 5\r\n"), "400");
  EXPECT_EQ(with("Host: h\r\nContent-Length: -1\r\n"), "400");
  EXPECT_EQ(with("Host: h\r\nContent-Length: +1\r\n"), "400");
  EXPECT_EQ(with("Host: h\r\nContent-Length: 99999999999999999999\r\n"), "400");
  EXPECT_EQ(with("Host: h\r\nTransfer-Encoding: gzip, chunked\r\n"), "501");
  EXPECT_EQ(with("Host: h\r\nTransfer-Encoding: gzip\r\n"), "501");
  EXPECT_EQ(with(""), "400");
  EXPECT_EQ(with("Host: a\r\nHost: b\r\n"), "400");
  EXPECT_EQ(with("Host : h\r\n"), "400");
  EXPECT_EQ(with("Host: h\r\nA\r\n"), "400");
  EXPECT_EQ(with(std::string_view("Host: h\r\nA: b\0c\r\n", 17)), "400");
}

TEST(RequestParser, RefusesWhatIsNoHttp) {
  EXPECT_EQ(parse_all_ways("GET / HTTP/3.0\r\nHost: h\r\n\r\n"), "505");
  EXPECT_EQ(parse_all_ways("GET /\r\n\r\n"), "400");
  EXPECT_EQ(parse_all_ways("\x16\x03\x01\x02 hello"), "400");
  EXPECT_EQ(parse_all_ways("GET / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"), "400");
  EXPECT_EQ(parse_all_ways("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n"), "400");
}

}  // namespace
}  // namespace parlance::http
