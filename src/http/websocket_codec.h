#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

namespace parlance::http {

/// The server's side of RFC 6455 frames (https://www.rfc-editor.org/rfc/rfc6455#section-5), without I/O and without
/// extensions. Nothing here is shared between threads; the free functions may be called from any.

enum class Opcode : std::uint8_t { continuation = 0, text = 1, binary = 2, close = 8, ping = 9, pong = 10 };

/// RFC 6455 section 7.4.1 and the IANA registry. Any value in 3000-4999 may be cast to it for codes of our own.
enum class CloseCode : std::uint16_t {
  normal = 1000,
  going_away = 1001,
  protocol_error = 1002,
  unsupported_data = 1003,
  no_status = 1005,  ///< never sent: what a close frame without a payload reads as
  invalid_payload = 1007,
  policy_violation = 1008,
  message_too_big = 1009,
  internal_error = 1011,
  service_restart = 1012,
  try_again_later = 1013,
};

struct WebSocketEvent {
  enum class Kind { text, binary, ping, pong, close };

  Kind kind;
  std::string payload;  ///< the whole message; for `close` its reason. Valid UTF-8 for text and close
  CloseCode close_code = CloseCode::no_status;  ///< for `close`: what the client sent
};

/// Why the connection must end: send `close_frame(code, reason)` and close.
struct WebSocketFailure {
  CloseCode code;
  std::string_view reason;  ///< static text
};

/// Turns the client's bytes into events, however they are sliced. Fragments are joined, with control frames in between
/// reported at once.
///
/// Refused with protocol_error: an unmasked frame, a reserved bit or opcode, a control frame over 125 bytes or
/// fragmented, a continuation of nothing, a new message inside a fragmented one, a length that is not in its shortest
/// form, a malformed close payload. With invalid_payload: text or a close reason that is not UTF-8. With
/// message_too_big: a message over the limit, as soon as a header announces it.
///
/// Memory: at most twice the message bytes that have arrived, which are at most `max_message_bytes`, and 125 of a
/// control frame; an announced length allocates nothing. Between messages nothing is allocated.
class FrameDecoder {
 public:
  explicit FrameDecoder(std::size_t max_message_bytes) : max_message_bytes_(max_message_bytes) {}

  /// Consumes from the front of `input` until one event is complete, or all of it. An empty optional means that
  /// `input` is used up and more is needed. After a failure, or after a close event, the rest of the input is
  /// swallowed: a failure is returned again, a close gives no further event.
  std::expected<std::optional<WebSocketEvent>, WebSocketFailure> next(std::string_view& input);

  /// True between frames with no fragmented message pending.
  bool is_idle() const { return header_size_ == 0 && !in_message_; }

 private:
  using Step = std::expected<std::optional<WebSocketEvent>, WebSocketFailure>;

  bool fill_header(std::string_view& input);
  std::size_t header_bytes_wanted() const;
  std::optional<WebSocketFailure> read_header();
  std::optional<WebSocketFailure> check_first_bytes() const;
  void take_payload(std::string_view& input);
  Step finish_frame();
  Step finish_message();
  Step finish_control();

  std::size_t max_message_bytes_;
  std::uint64_t remaining_ = 0;             // payload bytes of the current frame yet to come
  std::string message_;                     // unmasked bytes of the current message
  std::string control_;                     // unmasked bytes of the current control frame
  std::array<unsigned char, 14> header_{};  // 2 fixed, up to 8 of length, 4 of mask
  std::uint8_t header_size_ = 0;
  std::uint8_t mask_position_ = 0;
  Opcode opcode_ = Opcode::continuation;          // of the current frame
  Opcode message_opcode_ = Opcode::continuation;  // text or binary while in_message_
  bool final_ = false;
  bool has_header_ = false;
  bool in_message_ = false;
  bool closed_ = false;
  std::optional<WebSocketFailure> failure_;
};

/// The 2 to 10 bytes that precede a whole, unmasked message of `payload_bytes`.
std::string frame_header(Opcode opcode, std::size_t payload_bytes);

/// Whole frames. The payload of text_frame must be UTF-8; ping and pong payloads are cut to 125 bytes.
std::string text_frame(std::string_view payload);
std::string binary_frame(std::string_view payload);
std::string ping_frame(std::string_view payload = {});
std::string pong_frame(std::string_view payload = {});

/// `reason` is UTF-8, cut to 123 bytes between code points. no_status makes a frame without a payload.
std::string close_frame(CloseCode code, std::string_view reason = {});

/// Sec-WebSocket-Accept for the client's Sec-WebSocket-Key; empty where the key is not base64 of 16 bytes.
std::optional<std::string> accept_key(std::string_view sec_websocket_key);

}  // namespace parlance::http
