#include "http/websocket_codec.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "base/crypto.h"
#include "base/text.h"

namespace parlance::http {
namespace {

constexpr std::size_t kMaxControlBytes = 125;
constexpr std::size_t kMaxReasonBytes = kMaxControlBytes - 2;

WebSocketFailure protocol_error(std::string_view reason) { return {CloseCode::protocol_error, reason}; }

bool is_control(Opcode opcode) { return static_cast<std::uint8_t>(opcode) >= 8; }

bool is_known(Opcode opcode) {
  auto const value = static_cast<std::uint8_t>(opcode);
  return value <= 2 || (value >= 8 && value <= 10);
}

// RFC 6455 section 7.4.2: 1004-1006 and 1015 are never on the wire, 1016-2999 are not assigned.
bool may_be_received(std::uint16_t code) {
  return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) || (code >= 3000 && code <= 4999);
}

// Appends `bytes` unmasked; `position` is where in the 4-byte mask the first one stands.
void append_unmasked(std::string& out, std::string_view bytes, unsigned char const* mask, std::uint8_t& position) {
  auto const start = out.size();
  out.resize_and_overwrite(start + bytes.size(), [&](char* data, std::size_t) {
    std::uint64_t pattern = 0;
    for (int i = 7; i >= 0; --i) pattern = pattern << 8 | mask[(position + i) & 3];
    auto* target = data + start;
    std::size_t i = 0;
    for (; i + 8 <= bytes.size(); i += 8) {
      std::uint64_t word;
      std::memcpy(&word, bytes.data() + i, 8);
      word ^= pattern;
      std::memcpy(target + i, &word, 8);
    }
    for (; i < bytes.size(); ++i) target[i] = static_cast<char>(bytes[i] ^ mask[(position + i) & 3]);
    return start + bytes.size();  // libstdc++ 12 passes the grown capacity as the size
  });
  position = (position + bytes.size()) & 3;
}

std::string whole_frame(Opcode opcode, std::string_view payload) {
  auto frame = frame_header(opcode, payload.size());
  frame.append(payload);
  return frame;
}

}  // namespace

FrameDecoder::Step FrameDecoder::next(std::string_view& input) {
  while (!failure_ && !closed_) {
    if (!has_header_) {
      if (!fill_header(input)) return std::nullopt;
      failure_ = read_header();
      if (failure_) break;
    }
    take_payload(input);
    if (remaining_ > 0) return std::nullopt;
    auto step = finish_frame();
    if (!step) {
      failure_ = step.error();
      break;
    }
    if (*step) return step;
  }
  input = {};
  message_ = {};
  if (failure_) return std::unexpected(*failure_);
  return std::nullopt;
}

std::size_t FrameDecoder::header_bytes_wanted() const {
  if (header_size_ < 2) return 2;
  auto const length = header_[1] & 0x7f;
  auto const mask_bytes = (header_[1] & 0x80) ? 4 : 0;
  return 2 + (length == 126 ? 2 : length == 127 ? 8 : 0) + mask_bytes;
}

bool FrameDecoder::fill_header(std::string_view& input) {
  while (header_size_ < header_bytes_wanted()) {
    if (input.empty()) return false;
    auto const count = std::min(header_bytes_wanted() - header_size_, input.size());
    std::memcpy(header_.data() + header_size_, input.data(), count);
    header_size_ += static_cast<std::uint8_t>(count);
    input.remove_prefix(count);
  }
  return true;
}

std::optional<WebSocketFailure> FrameDecoder::check_first_bytes() const {
  if (header_[0] & 0x70) return protocol_error("reserved bit set");
  if (!is_known(opcode_)) return protocol_error("unknown opcode");
  if (!(header_[1] & 0x80)) return protocol_error("frame is not masked");
  if (is_control(opcode_)) {
    if (!final_) return protocol_error("fragmented control frame");
    if ((header_[1] & 0x7f) > kMaxControlBytes) return protocol_error("control frame too long");
  } else if (in_message_ != (opcode_ == Opcode::continuation)) {
    return protocol_error(in_message_ ? "new message inside a fragmented one" : "continuation of nothing");
  }
  return std::nullopt;
}

std::optional<WebSocketFailure> FrameDecoder::read_header() {
  final_ = header_[0] & 0x80;
  opcode_ = static_cast<Opcode>(header_[0] & 0x0f);
  if (auto const failure = check_first_bytes()) return failure;
  auto const short_length = header_[1] & 0x7f;
  auto const extra = short_length == 126 ? 2 : short_length == 127 ? 8 : 0;
  std::uint64_t length = extra == 0 ? short_length : 0;
  for (int i = 0; i < extra; ++i) length = length << 8 | header_[2 + i];
  if ((extra == 2 && length < 126) || (extra == 8 && length <= 0xffff)) {
    return protocol_error("length is not in its shortest form");
  }
  if (length >> 63) return protocol_error("length out of range");
  if (!is_control(opcode_)) {
    if (length > max_message_bytes_ - message_.size()) return {{CloseCode::message_too_big, "message too big"}};
    if (!in_message_) message_opcode_ = opcode_;
    in_message_ = true;
  }
  remaining_ = length;
  mask_position_ = 0;
  has_header_ = true;
  return std::nullopt;
}

void FrameDecoder::take_payload(std::string_view& input) {
  auto const count = static_cast<std::size_t>(std::min<std::uint64_t>(remaining_, input.size()));
  if (count == 0) return;
  auto& target = is_control(opcode_) ? control_ : message_;
  append_unmasked(target, input.substr(0, count), header_.data() + header_size_ - 4, mask_position_);
  remaining_ -= count;
  input.remove_prefix(count);
}

FrameDecoder::Step FrameDecoder::finish_frame() {
  has_header_ = false;
  header_size_ = 0;
  if (is_control(opcode_)) return finish_control();
  if (!final_) return std::nullopt;
  return finish_message();
}

FrameDecoder::Step FrameDecoder::finish_message() {
  in_message_ = false;
  auto const is_text = message_opcode_ == Opcode::text;
  auto payload = std::exchange(message_, {});
  if (is_text && !is_utf8(payload)) return std::unexpected(WebSocketFailure{CloseCode::invalid_payload, "not UTF-8"});
  return WebSocketEvent{is_text ? WebSocketEvent::Kind::text : WebSocketEvent::Kind::binary, std::move(payload)};
}

FrameDecoder::Step FrameDecoder::finish_control() {
  auto payload = std::exchange(control_, {});
  if (opcode_ == Opcode::ping) return WebSocketEvent{WebSocketEvent::Kind::ping, std::move(payload)};
  if (opcode_ == Opcode::pong) return WebSocketEvent{WebSocketEvent::Kind::pong, std::move(payload)};
  WebSocketEvent event{WebSocketEvent::Kind::close, {}};
  if (!payload.empty()) {
    if (payload.size() == 1) return std::unexpected(protocol_error("close payload of one byte"));
    auto const code = static_cast<std::uint16_t>(static_cast<unsigned char>(payload[0]) << 8 |
                                                 static_cast<unsigned char>(payload[1]));
    if (!may_be_received(code)) return std::unexpected(protocol_error("invalid close code"));
    event.close_code = static_cast<CloseCode>(code);
    event.payload = payload.substr(2);
    if (!is_utf8(event.payload)) {
      return std::unexpected(WebSocketFailure{CloseCode::invalid_payload, "close reason is not UTF-8"});
    }
  }
  closed_ = true;
  in_message_ = false;
  message_ = {};
  return event;
}

std::string frame_header(Opcode opcode, std::size_t payload_bytes) {
  std::string header;
  header.push_back(static_cast<char>(0x80 | static_cast<std::uint8_t>(opcode)));
  auto append_length = [&](int bytes) {
    for (int i = bytes - 1; i >= 0; --i) header.push_back(static_cast<char>(payload_bytes >> (8 * i) & 0xff));
  };
  if (payload_bytes < 126) {
    append_length(1);
  } else if (payload_bytes <= 0xffff) {
    header.push_back(126);
    append_length(2);
  } else {
    header.push_back(127);
    append_length(8);
  }
  return header;
}

std::string text_frame(std::string_view payload) { return whole_frame(Opcode::text, payload); }

std::string binary_frame(std::string_view payload) { return whole_frame(Opcode::binary, payload); }

std::string ping_frame(std::string_view payload) {
  return whole_frame(Opcode::ping, payload.substr(0, kMaxControlBytes));
}

std::string pong_frame(std::string_view payload) {
  return whole_frame(Opcode::pong, payload.substr(0, kMaxControlBytes));
}

std::string close_frame(CloseCode code, std::string_view reason) {
  if (code == CloseCode::no_status) return whole_frame(Opcode::close, {});
  auto const number = static_cast<std::uint16_t>(code);
  std::string payload{static_cast<char>(number >> 8), static_cast<char>(number & 0xff)};
  payload.append(truncate_utf8(reason, kMaxReasonBytes));
  return whole_frame(Opcode::close, payload);
}

std::optional<std::string> accept_key(std::string_view sec_websocket_key) {
  auto const nonce = parse_base64(sec_websocket_key);
  if (!nonce || nonce->size() != 16) return std::nullopt;
  return to_base64(sha1(std::string(sec_websocket_key) + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"));
}

}  // namespace parlance::http
