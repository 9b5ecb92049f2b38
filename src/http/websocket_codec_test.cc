#include "http/websocket_codec.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace parlance::http {
namespace {

constexpr std::size_t kLimit = 200'000;

struct FrameShape {
  bool final = true;
  bool masked = true;
  int reserved = 0;
  int length_bytes = -1;  // -1: the shortest form; 0, 2 or 8
};

std::string client_frame(int opcode, std::string_view payload, FrameShape shape = {}) {
  std::string frame;
  frame.push_back(static_cast<char>((shape.final ? 0x80 : 0) | shape.reserved | opcode));
  int length_bytes = shape.length_bytes;
  if (length_bytes < 0) length_bytes = payload.size() < 126 ? 0 : payload.size() <= 0xffff ? 2 : 8;
  auto const mask_bit = shape.masked ? 0x80 : 0;
  auto const small = length_bytes == 0 ? payload.size() : length_bytes == 2 ? 126 : 127;
  frame.push_back(static_cast<char>(mask_bit | small));
  for (int i = length_bytes - 1; i >= 0; --i) {
    frame.push_back(static_cast<char>(static_cast<std::uint64_t>(payload.size()) >> (8 * i)));
  }
  std::string const mask = shape.masked ? std::string("\x12\xf4\x56\x99") : std::string(4, '\0');
  if (shape.masked) frame += mask;
  for (std::size_t i = 0; i < payload.size(); ++i) frame.push_back(static_cast<char>(payload[i] ^ mask[i % 4]));
  return frame;
}

std::string describe(WebSocketEvent const& event) {
  static constexpr std::string_view kNames[] = {"text", "binary", "ping", "pong", "close"};
  auto out = std::string(kNames[static_cast<int>(event.kind)]);
  if (event.kind == WebSocketEvent::Kind::close) out += fmt::format(" {}", static_cast<int>(event.close_code));
  return out + fmt::format("({}) ", event.payload.size() > 40 ? std::to_string(event.payload.size()) : event.payload);
}

// What the decoder says to `bytes`, fed in slices of `slice`.
std::string decode(std::string_view bytes, std::size_t slice = std::string_view::npos, std::size_t limit = kLimit) {
  FrameDecoder decoder(limit);
  std::string out;
  for (std::size_t at = 0; at < bytes.size();) {
    auto input = bytes.substr(at, slice);
    at += input.size();
    while (!input.empty()) {
      auto const step = decoder.next(input);
      if (!step) return out + fmt::format("{} {}", static_cast<int>(step.error().code), step.error().reason);
      if (*step) out += describe(**step);
    }
  }
  return out + (decoder.is_idle() ? "idle" : "busy");
}

TEST(WebSocketCodec, AcceptsTheKeyOfTheRfc) {
  EXPECT_EQ(accept_key("dGhlIHNhbXBsZSBub25jZQ=="), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
  EXPECT_EQ(accept_key("dGhlIHNhbXBsZQ=="), std::nullopt);
  EXPECT_EQ(accept_key("not base64!"), std::nullopt);
  EXPECT_EQ(accept_key(""), std::nullopt);
}

TEST(WebSocketCodec, ReadsEveryKindHoweverSliced) {
  auto const bytes = client_frame(1, "hello") + client_frame(2, std::string(300, 'b')) + client_frame(9, "p") +
                     client_frame(10, "") + client_frame(1, "") + client_frame(2, std::string(70'000, 'c')) +
                     client_frame(8,
                                  "\x03\xe8"
                                  "bye");
  auto const expected = "text(hello) binary(300) ping(p) pong() text() binary(70000) close 1000(bye) idle";
  for (std::size_t const slice : {1, 2, 3, 5, 7, 64, 1000, 1'000'000}) EXPECT_EQ(decode(bytes, slice), expected);
}

TEST(WebSocketCodec, JoinsFragmentsWithControlFramesBetween) {
  auto const bytes = client_frame(1, "h\xc3", {.final = false}) + client_frame(9, "now") +
                     client_frame(0, "", {.final = false}) + client_frame(0, "\xa9!") + client_frame(1, "next");
  for (std::size_t const slice : {1, 4, 1000})
    EXPECT_EQ(decode(bytes, slice), "ping(now) text(h\xc3\xa9!) text(next) idle");
  EXPECT_EQ(decode(client_frame(1, "half", {.final = false})), "busy");
}

TEST(WebSocketCodec, RefusesWhatTheProtocolForbids) {
  EXPECT_EQ(decode(client_frame(1, "a", {.masked = false})), "1002 frame is not masked");
  for (int const bit : {0x10, 0x20, 0x40}) {
    EXPECT_EQ(decode(client_frame(1, "a", {.reserved = bit})), "1002 reserved bit set");
  }
  for (int const opcode : {3, 4, 5, 6, 7, 11, 12, 13, 14, 15}) {
    EXPECT_EQ(decode(client_frame(opcode, "a")), "1002 unknown opcode");
  }
  EXPECT_EQ(decode(client_frame(9, std::string(126, 'a'))), "1002 control frame too long");
  EXPECT_EQ(decode(client_frame(9, "a", {.final = false})), "1002 fragmented control frame");
  EXPECT_EQ(decode(client_frame(0, "a")), "1002 continuation of nothing");
  EXPECT_EQ(decode(client_frame(1, "a", {.final = false}) + client_frame(1, "b")),
            "1002 new message inside a fragmented one");
}

TEST(WebSocketCodec, RefusesLengthsThatAreNotShortest) {
  EXPECT_EQ(decode(client_frame(2, std::string(125, 'a'), {.length_bytes = 2})),
            "1002 length is not in its shortest form");
  EXPECT_EQ(decode(client_frame(2, std::string(65'535, 'a'), {.length_bytes = 8})),
            "1002 length is not in its shortest form");
  EXPECT_EQ(decode(client_frame(2, std::string(126, 'a'))), "binary(126) idle");
  EXPECT_EQ(decode(client_frame(2, std::string(65'536, 'a'))), "binary(65536) idle");
  EXPECT_EQ(decode(std::string("\x82\xff\xff\xff\xff\xff\xff\xff\xff\xff\0\0\0\0", 14)), "1002 length out of range");
}

TEST(WebSocketCodec, RefusesMessagesOverTheLimitAtTheHeader) {
  EXPECT_EQ(decode(client_frame(1, "12345"), 1, 5), "text(12345) idle");
  EXPECT_EQ(decode(client_frame(1, "123456").substr(0, 6), 1, 5), "1009 message too big");
  EXPECT_EQ(decode(client_frame(1, "123", {.final = false}) + client_frame(0, "456"), 1, 5), "1009 message too big");
  EXPECT_EQ(decode(std::string("\x82\xff\x7f\xff\xff\xff\xff\xff\xff\xff\0\0\0\0", 14)), "1009 message too big");
}

TEST(WebSocketCodec, ChecksUtf8OfTextAndReasons) {
  EXPECT_EQ(decode(client_frame(1, "\xff")), "1007 not UTF-8");
  EXPECT_EQ(decode(client_frame(1, "\xc3", {.final = false}) + client_frame(0, "x")), "1007 not UTF-8");
  EXPECT_EQ(decode(client_frame(1, "\xed\xa0\x80")), "1007 not UTF-8");
  EXPECT_EQ(decode(client_frame(8, "\x03\xe8\xff")), "1007 close reason is not UTF-8");
  EXPECT_EQ(decode(client_frame(2, "\xff")), "binary(\xff) idle");
}

TEST(WebSocketCodec, ReadsCloseCodes) {
  EXPECT_EQ(decode(client_frame(8, "")), "close 1005() idle");
  EXPECT_EQ(decode(client_frame(8, "\x03")), "1002 close payload of one byte");
  auto const close_of = [](int code) {
    return decode(client_frame(8, std::string{static_cast<char>(code >> 8), static_cast<char>(code & 0xff)}));
  };
  for (int const code : {1000, 1001, 1002, 1003, 1007, 1011, 1014, 3000, 4999}) {
    EXPECT_EQ(close_of(code), fmt::format("close {}() idle", code));
  }
  for (int const code : {0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 65535}) {
    EXPECT_EQ(close_of(code), "1002 invalid close code");
  }
  EXPECT_EQ(decode(client_frame(8, "\x03\xe8") + client_frame(1, "late")), "close 1000() idle");
}

TEST(WebSocketCodec, StaysFailed) {
  FrameDecoder decoder(kLimit);
  auto const bad = client_frame(3, "");
  for (int i = 0; i < 2; ++i) {
    std::string_view input = bad;
    auto const step = decoder.next(input);
    ASSERT_FALSE(step);
    EXPECT_EQ(step.error().code, CloseCode::protocol_error);
    EXPECT_TRUE(input.empty());
  }
}

TEST(WebSocketCodec, WritesFramesWithTheShortestLength) {
  EXPECT_EQ(text_frame("hi"), "\x81\x02hi");
  EXPECT_EQ(binary_frame(std::string(125, 'a')).substr(0, 2), "\x82\x7d");
  EXPECT_EQ(frame_header(Opcode::text, 126), std::string("\x81\x7e\0\x7e", 4));
  EXPECT_EQ(frame_header(Opcode::text, 65'535), "\x81\x7e\xff\xff");
  EXPECT_EQ(frame_header(Opcode::binary, 65'536), std::string("\x82\x7f\0\0\0\0\0\1\0\0", 10));
  EXPECT_EQ(ping_frame("x"), "\x89\x01x");
  EXPECT_EQ(pong_frame(std::string(200, 'x')).size(), 127U);
}

TEST(WebSocketCodec, WritesCloseFramesThatNeverCutACodePoint) {
  EXPECT_EQ(close_frame(CloseCode::no_status), std::string("\x88\0", 2));
  EXPECT_EQ(close_frame(CloseCode::going_away, "later"), "\x88\x07\x03\xe9later");
  std::string reason(122, 'a');
  reason += "\xc3\xa9";
  EXPECT_EQ(close_frame(CloseCode::normal, reason).size(), 2 + 2 + 122U);
}

}  // namespace
}  // namespace parlance::http
